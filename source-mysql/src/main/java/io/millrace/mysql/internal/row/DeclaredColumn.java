// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import org.jspecify.annotations.Nullable;

/**
 * A column as a schema history knows it. Immutable.
 *
 * @param nullable null where the declaration does not tell, as of a TIMESTAMP
 * @param charset of text; null where it is not known, or there is none
 */
public record DeclaredColumn(
        String name,
        DeclaredType type,
        @Nullable Boolean nullable,
        @Nullable String charset) {

    private static final String BINARY = "binary";

    /** {@return whether a table map has this column at that place, as far as it tells} */
    boolean fits(RowLayout layout, int column, OptionalMetadata metadata) {
        int code = layout.type(column);
        int meta = layout.metadata(column);
        return (nullable == null || nullable == layout.nullable(column))
                && fits(code, meta)
                && (!metadata.hasSigns || !isNumber(code) || metadata.unsigned[column] == type.unsigned())
                && (!metadata.hasCharsets || !isText(code) || fitsCharset(metadata.collations[column]))
                && (!metadata.hasGeometryTypes
                        || code != TypeCode.GEOMETRY
                        || metadata.geometryTypes[column] == NativeType.geometryType(type.name()));
    }

    private boolean fits(int code, int meta) {
        return switch (type.name()) {
            case "tinyint" -> code == TypeCode.TINY;
            case "smallint" -> code == TypeCode.SHORT;
            case "mediumint" -> code == TypeCode.INT24;
            case "int" -> code == TypeCode.LONG;
            case "bigint" -> code == TypeCode.LONGLONG;
            case "float" -> code == TypeCode.FLOAT;
            case "double" -> code == TypeCode.DOUBLE;
            case "decimal" -> code == TypeCode.NEWDECIMAL && meta == (type.length() << 8 | type.scale());
            case "bit" -> code == TypeCode.BIT && meta == (type.length() / 8 << 8 | type.length() % 8);
            case "year" -> code == TypeCode.YEAR;
            case "date" -> code == TypeCode.DATE || code == TypeCode.NEWDATE;
            case "datetime" -> fitsTime(code, meta, TypeCode.DATETIME2, TypeCode.DATETIME);
            case "timestamp" -> fitsTime(code, meta, TypeCode.TIMESTAMP2, TypeCode.TIMESTAMP);
            case "time" -> fitsTime(code, meta, TypeCode.TIME2, TypeCode.TIME);
            case "char" -> code == TypeCode.STRING && fitsLength(meta);
            case "varchar" ->
                code == TypeCode.VARCHAR
                        ? fitsLength(meta)
                        : code == TypeCode.VARCHAR_COMPRESSED && fitsLength(meta - 1);
            case BINARY -> code == TypeCode.STRING && meta == type.length();
            case "varbinary" ->
                code == TypeCode.VARCHAR
                        ? meta == type.length()
                        : code == TypeCode.VARCHAR_COMPRESSED && meta - 1 == type.length();
            case "enum" -> code == TypeCode.ENUM && meta == (type.members().size() < 256 ? 1 : 2);
            case "set" -> code == TypeCode.SET && meta == bytesOfSet();
            case "json" -> code == TypeCode.JSON;
            case "vector" -> code == TypeCode.VECTOR;
            // How long they may be the table map alone says: a change of the charset may have made them longer.
            case "tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob" ->
                code == TypeCode.BLOB || code == TypeCode.BLOB_COMPRESSED;
            default -> code == TypeCode.GEOMETRY && NativeType.geometryType(type.name()) >= 0;
        };
    }

    private boolean fitsTime(int code, int meta, int present, int old) {
        return code == present ? meta == type.scale() : code == old && type.scale() == 0;
    }

    /** The log has it in bytes. */
    private boolean fitsLength(int bytes) {
        return charset == null || bytes == type.length() * charset(charset).bytesPerCharacter();
    }

    private int bytesOfSet() {
        int bytes = (type.members().size() + 7) / 8;
        return bytes > 4 ? 8 : bytes;
    }

    private boolean fitsCharset(int collation) {
        String logged = MySqlCharset.ofCollation(collation).name();
        return type.isText()
                ? !logged.equals(BINARY) && (charset == null || charset.equals(logged))
                : logged.equals(BINARY);
    }

    private static boolean isText(int code) {
        return switch (code) {
            case TypeCode.STRING, TypeCode.VARCHAR, TypeCode.BLOB -> true;
            case TypeCode.VARCHAR_COMPRESSED, TypeCode.BLOB_COMPRESSED -> true;
            default -> false;
        };
    }

    private static boolean isNumber(int code) {
        return switch (code) {
            case TypeCode.TINY, TypeCode.SHORT, TypeCode.INT24, TypeCode.LONG, TypeCode.LONGLONG -> true;
            case TypeCode.NEWDECIMAL, TypeCode.FLOAT, TypeCode.DOUBLE -> true;
            default -> false;
        };
    }

    private static MySqlCharset charset(String name) {
        return MySqlCharset.ofCollation(Collations.anyOf(name));
    }

    /** Tells the metadata what the log did not. */
    void complete(OptionalMetadata metadata, int column) {
        metadata.unsigned[column] = type.unsigned();
        if (!metadata.hasCharsets && type.isText()) {
            metadata.collations[column] = charset == null ? -1 : Collations.anyOf(charset);
        }
        if (!type.members().isEmpty()) {
            metadata.setMembers(column, type.members());
        }
        if (NativeType.geometryType(type.name()) >= 0) {
            metadata.geometryTypes[column] = NativeType.geometryType(type.name());
        }
        if (type.name().equals("vector")) {
            metadata.vectorSizes[column] = type.length();
        }
    }

    /** {@return whether text of it can be read: its charset is known, or the log tells it} */
    boolean isReadable(OptionalMetadata metadata) {
        return metadata.hasCharsets || !type.isText() || (charset != null && Collations.anyOf(charset) >= 0);
    }
}
