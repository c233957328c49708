// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.mysql.internal.row.DeclaredColumn;
import io.millrace.mysql.internal.schema.ColumnClause.Defined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the name of a table that is altered. The clauses are read first, and then applied together:
 * names within them are those of the table before, but for that behind AFTER.
 *
 * <p>Source: MySQL Reference Manual, "ALTER TABLE Statement"; {@code sql_table.cc}, prepare_fields_and_keys.
 */
final class AlterTable {

    /**
     * A column that is added, or takes the place of another.
     *
     * @param before the name of the column that it was; null if it is added
     * @param after the column behind which it comes; empty for the first; null if it is not told
     */
    private record Put(
            @Nullable String before,
            Defined column,
            @Nullable String after) {}

    private static final Set<String> WIDE_CHARSETS = Set.of("ucs2", "utf16", "utf16le", "utf32");

    private final DdlTokens tokens;
    private final Dialect dialect;
    private final TableOptions options;

    private final List<Put> puts = new ArrayList<>();
    /** New names by old ones in lower case; empty ones for columns that are dropped. */
    private final Map<String, String> renamed = new LinkedHashMap<>();

    private @Nullable List<String> key;
    private boolean dropsKey;
    private boolean converts;
    private @Nullable TableOptions converted;
    private @Nullable QualifiedName newName;

    /** Reads all that stands there. */
    AlterTable(DdlTokens tokens, Dialect dialect) {
        this.tokens = tokens;
        this.dialect = dialect;
        this.options = new TableOptions(tokens);
        while (!tokens.isEnd()) {
            clause();
            tokens.takeSign(',');
        }
    }

    /** {@return the table's new name; null if it keeps the old one} */
    @Nullable QualifiedName newName() {
        return newName;
    }

    // ---- clauses

    private void clause() {
        if (tokens.take("add")) {
            add();
        } else if (tokens.take("drop")) {
            drop();
        } else if (tokens.take("change")) {
            tokens.take("column");
            String before = tokens.name();
            put(before, ColumnClause.read(tokens, dialect));
        } else if (tokens.take("modify")) {
            tokens.take("column");
            Defined column = ColumnClause.read(tokens, dialect);
            put(column.name(), column);
        } else if (tokens.take("rename")) {
            rename();
        } else if (tokens.take("alter")) {
            alter();
        } else if (tokens.take("convert", "to")) {
            convert();
        } else if (tokens.take("order", "by")) {
            orderBy();
        } else if (isOfPartitions()) {
            skipRest();
        } else if (!options.take() && !takeOther()) {
            throw tokens.unexpected();
        }
    }

    private boolean takeOther() {
        if (tokens.takeAny("algorithm", "lock")) {
            tokens.takeSign('=');
            tokens.word();
            return true;
        }
        return tokens.take("force")
                || tokens.take("with", "validation")
                || tokens.take("without", "validation")
                || tokens.take("disable", "keys")
                || tokens.take("enable", "keys")
                || tokens.take("discard", "tablespace")
                || tokens.take("import", "tablespace")
                || tokens.take("secondary_load")
                || tokens.take("secondary_unload");
    }

    /** These stand at the end, and change no column. */
    private boolean isOfPartitions() {
        int mark = tokens.mark();
        boolean acts = tokens.takeAny(
                "truncate",
                "coalesce",
                "reorganize",
                "exchange",
                "analyze",
                "check",
                "optimize",
                "rebuild",
                "repair",
                "discard",
                "import");
        boolean found = acts ? tokens.take("partition") : tokens.take("partition", "by");
        found |= !acts && tokens.take("remove", "partitioning");
        if (!found) {
            tokens.back(mark);
        }
        return found;
    }

    private void skipRest() {
        while (!tokens.isEnd()) {
            tokens.skip();
        }
    }

    private void add() {
        if (tokens.is("partition")) {
            skipRest();
        } else if (KeyClause.isHere(tokens)) {
            addKey();
        } else {
            tokens.take("column");
            if (tokens.takeSign('(')) {
                do {
                    if (KeyClause.isHere(tokens)) {
                        addKey();
                    } else {
                        puts.add(new Put(null, ColumnClause.read(tokens, dialect), null));
                    }
                } while (tokens.takeSign(','));
                tokens.expectSign(')');
            } else {
                put(null, ColumnClause.read(tokens, dialect));
            }
        }
    }

    private void addKey() {
        List<String> primary = KeyClause.read(tokens);
        if (primary != null) {
            key = primary;
        }
    }

    private void put(@Nullable String before, Defined column) {
        String after = tokens.take("first") ? "" : tokens.take("after") ? tokens.name() : null;
        puts.add(new Put(before, column, after));
    }

    private void drop() {
        if (tokens.is("partition")) {
            skipRest();
        } else if (tokens.take("primary", "key")) {
            dropsKey = true;
        } else if (tokens.takeAny("index", "key", "constraint")) {
            dropsKey |= tokens.name().equalsIgnoreCase("PRIMARY");
        } else if (tokens.take("foreign", "key") || tokens.take("check")) {
            tokens.name();
        } else {
            tokens.take("column");
            renamed.put(Names.lower(tokens.name()), "");
            tokens.takeAny("restrict", "cascade");
        }
    }

    private void rename() {
        if (tokens.take("column")) {
            String before = tokens.name();
            tokens.expect("to");
            renamed.put(Names.lower(before), tokens.name());
        } else if (tokens.takeAny("index", "key")) {
            tokens.name();
            tokens.expect("to");
            tokens.name();
        } else {
            if (!tokens.takeAny("to", "as")) {
                tokens.takeSign('=');
            }
            newName = QualifiedName.read(tokens);
        }
    }

    /** Defaults, and what is visible or enforced. */
    private void alter() {
        if (tokens.takeAny("index", "check", "constraint")) {
            tokens.name();
            tokens.take("not");
            if (!tokens.takeAny("visible", "invisible", "enforced")) {
                throw tokens.unexpected();
            }
            return;
        }
        tokens.take("column");
        tokens.name();
        if (tokens.take("set", "default")) {
            Values.skip(tokens);
        } else if (!tokens.take("drop", "default")
                && !tokens.take("set", "visible")
                && !tokens.take("set", "invisible")) {
            throw tokens.unexpected();
        }
    }

    private void convert() {
        TableOptions to = new TableOptions(tokens);
        if (!to.take()) {
            throw tokens.unexpected();
        }
        if (tokens.is("collate")) {
            to.take();
        }
        converts = true;
        converted = to;
    }

    private void orderBy() {
        do {
            tokens.name();
            while (tokens.takeSign('.')) {
                tokens.name();
            }
            tokens.takeAny("asc", "desc");
        } while (tokens.takeSign(','));
        tokens.expectEnd();
    }

    // ---- what they make of a table

    /** {@return the table as it is afterwards} */
    TableDefinition apply(TableDefinition before, @Nullable String charsetOfDatabase) {
        String charset = before.charset();
        if (converted != null) {
            // DEFAULT is that of the session, which the log does not tell.
            charset = converted.charset(null);
            if (!puts.isEmpty() || charset == null || charset.equals("binary")) {
                throw new NotUnderstoodException("CONVERT TO a charset that is not known, or with other clauses");
            }
        } else if (options.tellsCharset()) {
            charset = options.charset(charsetOfDatabase);
        }
        Map<String, String> names = new LinkedHashMap<>();
        List<DeclaredColumn> columns = new ArrayList<>();
        for (DeclaredColumn column : before.table().columns()) {
            DeclaredColumn kept = kept(column, charset);
            if (kept != null) {
                checkMembers(kept, before);
                names.put(column.name(), kept.name());
                columns.add(kept);
            }
        }
        for (Put put : puts) {
            if (put.before() == null || put.after() != null) {
                insert(put, columns, charset);
            }
        }
        checkAllUsed(before);
        return TableDefinition.of(charset, columns, key(before, names)).checked(dialect);
    }

    /** {@return what the column becomes; null if it is dropped} */
    private @Nullable DeclaredColumn kept(DeclaredColumn column, @Nullable String charset) {
        Put put = changeOf(column.name());
        if (put != null) {
            return put.column().in(charset);
        }
        String name = renamed.getOrDefault(Names.lower(column.name()), column.name());
        if (name.isEmpty()) {
            return null;
        }
        if (converts) {
            ColumnClause.checkMembers(column.type(), charset);
        }
        String own = converts && column.charset() != null ? charset : column.charset();
        return new DeclaredColumn(name, column.type(), column.nullable(), own);
    }

    /** MySQL 5.7 damages members that it keeps in such a charset: of ENUM('a','bb') it makes ENUM('','b'). */
    private void checkMembers(DeclaredColumn kept, TableDefinition before) {
        boolean isWide = before.charset() != null && WIDE_CHARSETS.contains(before.charset());
        if (isWide && dialect.version() < 80_000 && !kept.type().members().isEmpty()) {
            throw new NotUnderstoodException(
                    "members of " + kept.name() + " in " + before.charset() + ", which MySQL 5.7 changes");
        }
    }

    private @Nullable Put changeOf(String name) {
        for (Put put : puts) {
            if (put.before() != null && Names.areSame(put.before(), name)) {
                return put;
            }
        }
        return null;
    }

    /** A column that is moved stands where it was until its clause has its turn. */
    private static void insert(Put put, List<DeclaredColumn> columns, @Nullable String charset) {
        if (put.before() != null) {
            String name = put.column().name();
            check(name, columns);
            columns.remove(TableDefinition.indexOf(name, columns));
        }
        int at = columns.size();
        if (put.after() != null) {
            at = put.after().isEmpty() ? 0 : TableDefinition.indexOf(put.after(), columns) + 1;
            if (at == 0 && !put.after().isEmpty()) {
                throw new NotUnderstoodException("AFTER " + put.after() + ", which is not there");
            }
        }
        columns.add(at, put.column().in(charset));
    }

    private void checkAllUsed(TableDefinition before) {
        List<DeclaredColumn> columns = before.table().columns();
        for (String name : renamed.keySet()) {
            check(name, columns);
        }
        for (Put put : puts) {
            if (put.before() != null) {
                check(put.before(), columns);
            }
        }
    }

    private static void check(String name, List<DeclaredColumn> columns) {
        if (TableDefinition.indexOf(name, columns) < 0) {
            throw new NotUnderstoodException("column " + name + " is not there");
        }
    }

    /** {@return the name of a column that is added in place of one that is dropped: it is part of the key, too} */
    private @Nullable String added(String name) {
        for (Put put : puts) {
            if (put.before() == null && Names.areSame(put.column().name(), name)) {
                return put.column().name();
            }
        }
        return null;
    }

    private List<String> key(TableDefinition before, Map<String, String> names) {
        List<String> columns = new ArrayList<>();
        if (key != null) {
            columns.addAll(key);
        } else if (!dropsKey) {
            for (String name : before.table().primaryKey()) {
                String now = names.getOrDefault(name, added(name));
                if (now != null) {
                    columns.add(now);
                }
            }
        }
        for (Put put : puts) {
            if (put.column().isKey()) {
                columns = new ArrayList<>(List.of(put.column().name()));
            }
        }
        return columns;
    }
}
