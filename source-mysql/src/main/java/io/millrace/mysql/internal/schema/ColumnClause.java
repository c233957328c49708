// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.mysql.internal.row.DeclaredColumn;
import io.millrace.mysql.internal.row.DeclaredType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a column's definition, in all of its spellings.
 *
 * <p>Source: MySQL Reference Manual, "CREATE TABLE Statement", "Data Types"; {@code sql_yacc.yy}.
 */
final class ColumnClause {

    /**
     * A column as a statement defines it.
     *
     * @param charset as the column itself says; null if it has the table's
     * @param isKey whether the column says that it is the primary key
     */
    record Defined(
            String name,
            DeclaredType type,
            @Nullable Boolean nullable,
            @Nullable String charset,
            boolean isKey) {

        /** @param ofTable charset of columns that name none; null if it is not known */
        DeclaredColumn in(@Nullable String ofTable) {
            boolean isText = type.isText();
            String told = charset == null ? ofTable : charset;
            checkMembers(type, told);
            String own = isText ? told : null;
            if (!"binary".equals(own)) {
                return new DeclaredColumn(name, type, nullable, own);
            }
            String bytes = switch (type.name()) {
                case "char" -> "binary";
                case "varchar" -> "varbinary";
                default -> type.name().replace("text", "blob");
            };
            return new DeclaredColumn(
                    name, new DeclaredType(bytes, type.length(), type.scale(), false, List.of()), nullable, null);
        }
    }

    private final DdlTokens tokens;
    private final Dialect dialect;
    private @Nullable Boolean nullable;
    private @Nullable String charset;
    private @Nullable String collation;
    private boolean isKey;

    private ColumnClause(DdlTokens tokens, Dialect dialect) {
        this.tokens = tokens;
        this.dialect = dialect;
    }

    /** Reads a name and what follows it, up to a comma, a parenthesis, or the column's place. */
    static Defined read(DdlTokens tokens, Dialect dialect) {
        String name = tokens.name();
        ColumnClause clause = new ColumnClause(tokens, dialect);
        DeclaredType type = clause.type();
        if (type.members().stream().anyMatch(member -> member.endsWith(" "))) {
            throw new NotUnderstoodException("a member ends in a space, which not every character set keeps");
        }
        clause.attributes();
        return clause.defined(name, type);
    }

    /** Of a character that the charset lacks the server makes a question mark. */
    static void checkMembers(DeclaredType type, @Nullable String charset) {
        for (String member : type.members()) {
            if (!Charsets.holds(charset, member)) {
                throw new NotUnderstoodException("member '" + member + "' in " + charset);
            }
        }
    }

    /** {@return the type that is written so in {@code information_schema}, or by {@link DeclaredType#toString()}} */
    static DeclaredType type(String sql) {
        DdlTokens tokens = new DdlTokens(sql, Dialect.ofServer());
        DeclaredType type = new ColumnClause(tokens, Dialect.ofServer()).type();
        tokens.expectEnd();
        return type;
    }

    private Defined defined(String name, DeclaredType type) {
        String own = charset;
        if (own == null && collation != null) {
            own = Charsets.ofCollation(collation);
            if (own.equals("binary") && type.isText()) {
                throw new NotUnderstoodException("COLLATE binary of text");
            }
        }
        Boolean canBeNull = isKey ? Boolean.FALSE : nullable;
        if (canBeNull == null && !type.name().equals("timestamp")) {
            canBeNull = true;
        }
        return new Defined(name, type, canBeNull, own, isKey);
    }

    // ---- types

    private DeclaredType type() {
        String word = tokens.word();
        return switch (word) {
            case "tinyint", "int1" -> integer("tinyint");
            case "smallint", "int2" -> integer("smallint");
            case "mediumint", "int3", "middleint" -> integer("mediumint");
            case "int", "integer", "int4" -> integer("int");
            case "bigint", "int8" -> integer("bigint");
            case "bool", "boolean" -> plain("tinyint");
            case "serial" -> {
                nullable = false;
                yield new DeclaredType("bigint", -1, 0, true, List.of());
            }
            case "decimal", "dec", "numeric", "fixed" -> decimal();
            case "float", "float4" -> floating("float");
            case "double", "float8" -> {
                tokens.take("precision");
                yield floating("double");
            }
            case "real" -> floating(dialect.realIsFloat() ? "float" : "double");
            case "bit" -> sized("bit", 1);
            case "year" -> {
                sized("year", 0);
                yield plain("year");
            }
            case "date", "json" -> plain(word);
            case "time", "datetime", "timestamp" -> new DeclaredType(word, -1, Math.max(0, length()), false, List.of());
            case "char", "character" -> text(tokens.takeAny("varying") ? "varchar" : "char");
            case "varchar", "varcharacter" -> text("varchar");
            case "nchar" -> national(tokens.takeAny("varying", "varchar", "varcharacter") ? "varchar" : "char");
            case "nvarchar" -> national("varchar");
            case "national" -> national();
            case "binary" -> sized("binary", 1);
            case "varbinary" -> sized("varbinary", -1);
            case "tinyblob", "mediumblob", "longblob" -> plain(word);
            case "blob" -> unsized("blob");
            case "tinytext", "mediumtext", "longtext" -> withCharset(plain(word));
            case "text" -> withCharset(unsized("text"));
            case "long" -> longText();
            case "enum", "set" -> withCharset(new DeclaredType(word, -1, 0, false, members()));
            case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon" ->
                plain(word);
            case "geometrycollection", "geomcollection" -> plain("geomcollection");
            case "vector" -> sized("vector", 2048);
            // MariaDB's, which its log has as bytes.
            case "uuid", "inet6" -> new DeclaredType("binary", 16, 0, false, List.of());
            case "inet4" -> new DeclaredType("binary", 4, 0, false, List.of());
            default -> throw new NotUnderstoodException("type " + word);
        };
    }

    private static DeclaredType plain(String name) {
        return new DeclaredType(name, -1, 0, false, List.of());
    }

    private DeclaredType sized(String name, int otherwise) {
        int length = length();
        return new DeclaredType(name, length < 0 ? otherwise : length, 0, false, List.of());
    }

    /** The length chooses a longer or shorter type, by the charset too; the table map tells which. */
    private DeclaredType unsized(String name) {
        length();
        return plain(name);
    }

    /** {@return what stands in parentheses here, -1 if nothing does} */
    private int length() {
        if (!tokens.takeSign('(')) {
            return -1;
        }
        int length = tokens.number();
        tokens.expectSign(')');
        return length;
    }

    /** Takes {@code UNSIGNED}, {@code SIGNED} and {@code ZEROFILL}; {@return whether the numbers have no sign} */
    private boolean unsigned() {
        boolean unsigned = false;
        while (tokens.is("unsigned", "signed", "zerofill")) {
            unsigned |= !tokens.is("signed");
            tokens.skip();
        }
        return unsigned;
    }

    private DeclaredType integer(String name) {
        length();
        return new DeclaredType(name, -1, 0, unsigned(), List.of());
    }

    private DeclaredType decimal() {
        int digits = 0;
        int scale = 0;
        if (tokens.takeSign('(')) {
            digits = tokens.number();
            scale = tokens.takeSign(',') ? tokens.number() : 0;
            tokens.expectSign(')');
        }
        return new DeclaredType("decimal", digits == 0 ? 10 : digits, scale, unsigned(), List.of());
    }

    private DeclaredType floating(String word) {
        String name = word;
        if (tokens.takeSign('(')) {
            int digits = tokens.number();
            if (tokens.takeSign(',')) {
                tokens.number();
            } else if (digits > 24) {
                name = "double";
            }
            tokens.expectSign(')');
        }
        return new DeclaredType(name, -1, 0, unsigned(), List.of());
    }

    private DeclaredType text(String name) {
        return withCharset(sized(name, name.equals("char") ? 1 : -1));
    }

    private DeclaredType national() {
        boolean isVarchar = tokens.takeAny("varchar", "varcharacter");
        if (!isVarchar && !tokens.takeAny("char", "character")) {
            throw tokens.unexpected();
        }
        return national(isVarchar || tokens.take("varying") ? "varchar" : "char");
    }

    private DeclaredType national(String name) {
        DeclaredType type = sized(name, name.equals("char") ? 1 : -1);
        tokens.take("binary");
        charset = "utf8mb3";
        return type;
    }

    private DeclaredType longText() {
        if (tokens.take("varbinary")) {
            return plain("mediumblob");
        }
        if (tokens.takeAny("char", "character")) {
            tokens.expect("varying");
        } else {
            tokens.takeAny("varchar", "varcharacter");
        }
        return withCharset(plain("mediumtext"));
    }

    private List<String> members() {
        List<String> members = new ArrayList<>();
        tokens.expectSign('(');
        do {
            members.add(tokens.string());
        } while (tokens.takeSign(','));
        tokens.expectSign(')');
        return members;
    }

    /** Takes what may say the charset right behind a type; {@code BINARY} only chooses another collation of it. */
    private DeclaredType withCharset(DeclaredType type) {
        while (true) {
            if (tokens.take("binary")) {
                continue;
            } else if (tokens.take("ascii")) {
                charset = "latin1";
            } else if (tokens.take("unicode")) {
                charset = "ucs2";
            } else if (tokens.take("byte")) {
                charset = "binary";
            } else if (Charsets.takeCharset(tokens)) {
                charset = Charsets.name(tokens);
            } else {
                return type;
            }
        }
    }

    // ---- attributes

    private void attributes() {
        while (!tokens.isEnd() && !tokens.isSign(',') && !tokens.isSign(')') && !tokens.is("first", "after")) {
            attribute();
        }
    }

    private void attribute() {
        switch (tokens.word()) {
            case "not" -> not();
            case "null" -> nullable = true;
            case "default" -> Values.skip(tokens);
            case "on" -> {
                tokens.expect("update");
                Values.skip(tokens);
            }
            case "serial" -> {
                tokens.expect("default");
                tokens.expect("value");
                nullable = false;
            }
            case "unique" -> tokens.take("key");
            case "primary" -> {
                tokens.expect("key");
                isKey = true;
            }
            case "key" -> isKey = true;
            case "comment" -> tokens.string();
            case "collate" -> collation = Charsets.name(tokens);
            case "generated" -> {
                tokens.expect("always");
                tokens.expect("as");
                tokens.skipParentheses();
            }
            case "as", "check" -> tokens.skipParentheses();
            case "constraint" -> {
                if (!tokens.is("check")) {
                    tokens.name();
                }
                tokens.expect("check");
                tokens.skipParentheses();
            }
            case "column_format", "storage" -> tokens.word();
            case "engine_attribute", "secondary_engine_attribute" -> {
                tokens.takeSign('=');
                tokens.string();
            }
            case "srid" -> tokens.number();
            case "references" -> References.skip(tokens);
            case "auto_increment", "virtual", "stored", "visible", "invisible", "enforced" -> {
                // Nothing of the table map depends on it.
            }
            default -> {
                tokens.back(tokens.mark() - 1);
                throw tokens.unexpected();
            }
        }
    }

    private void not() {
        if (tokens.take("null")) {
            nullable = false;
        } else if (!tokens.takeAny("enforced", "secondary")) {
            throw tokens.unexpected();
        }
    }
}
