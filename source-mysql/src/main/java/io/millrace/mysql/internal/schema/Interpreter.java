// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.core.TableId;
import io.millrace.mysql.internal.row.CharsetNames;
import io.millrace.mysql.internal.statement.StatementParser;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says what a statement of the log changes of the tables.
 *
 * <p>It does not use the SQL parser that data statements are read with: that one accepts more than MySQL does, drops
 * what it does not know, and refuses many forms of DDL. Here a form is interpreted completely or not at all; then
 * every table that the statement's text names is unknown from there on.
 */
final class Interpreter {

    private static final String[] OBJECTS = {
        "table",
        "tables",
        "database",
        "schema",
        "index",
        "view",
        "trigger",
        "procedure",
        "function",
        "event",
        "user",
        "role",
        "server",
        "tablespace",
        "logfile",
        "instance",
        "resource",
        "reference",
        "prepare"
    };

    /** First words of statements that change no table's columns, and are not DDL of tables. */
    private static final String[] HARMLESS = {
        "begin",
        "commit",
        "rollback",
        "savepoint",
        "release",
        "xa",
        "start",
        "set",
        "use",
        "insert",
        "replace",
        "update",
        "delete",
        "load",
        "select",
        "do",
        "call",
        "truncate",
        "with",
        "grant",
        "revoke",
        "flush",
        "analyze",
        "optimize",
        "check",
        "checksum",
        "repair",
        "lock",
        "unlock",
        "install",
        "uninstall",
        "reset",
        "change",
        "stop",
        "kill",
        "cache"
    };

    /** A statement in its session. */
    record Input(String sql, String database, boolean isUtf8, Dialect dialect) {

        /** Text of another charset shows other names, or none; that of swe7 has other letters even within ASCII. */
        boolean isReadable() {
            String client = CharsetNames.ofCollation(dialect.client());
            boolean isAscii = sql.chars().allMatch(c -> c < 0x80);
            return isAscii ? !client.equals("swe7") : isUtf8 && client.startsWith("utf8mb");
        }
    }

    private final Input input;
    private final Changes changes;
    private final boolean lowerCase;
    private final DdlTokens tokens;

    private Interpreter(Input input, Changes changes, boolean lowerCase) {
        this.input = input;
        this.changes = changes;
        this.lowerCase = lowerCase;
        this.tokens = new DdlTokens(input.sql(), input.dialect());
    }

    /**
     * @param changes takes them
     * @param lowerCase whether the server does not tell names of tables by their letters' case
     * @throws NotUnderstoodException if it is not known what the statement changes; some changes may have been taken
     */
    static void read(Input input, Changes changes, boolean lowerCase) {
        if (!input.isReadable()) {
            throw new NotUnderstoodException("its character set is not UTF-8");
        }
        new Interpreter(input, changes, lowerCase).statement();
    }

    /** Makes unknown what a statement may have changed. */
    static void forget(Input input, String why, Changes changes, boolean lowerCase) {
        changes.leaveGaps();
        for (TableId table :
                StatementParser.parse(input.sql(), input.database()).tables()) {
            changes.put(canonical(table, lowerCase), TableState.unknown(why));
        }
        Mentions mentions = new Mentions(input.sql());
        for (TableId table : changes.tables().toList()) {
            if (mentions.mayBe(table)) {
                changes.put(table, TableState.unknown(why));
            }
        }
        for (String database : changes.databases()) {
            boolean isDefault = database.equals(input.database());
            if (mentions.mayBeDatabase(database) || (isDefault && mentions.isOfDatabase())) {
                changes.putCharset(database, null);
            }
        }
    }

    /** {@return the name as table maps have it} */
    static TableId canonical(TableId table, boolean lowerCase) {
        return lowerCase ? new TableId(Names.lower(table.database()), Names.lower(table.name())) : table;
    }

    private TableId resolved(QualifiedName name) {
        String database = name.database();
        return canonical(new TableId(database == null ? input.database() : database, name.table()), lowerCase);
    }

    private TableId tableName() {
        return resolved(QualifiedName.read(tokens));
    }

    private String databaseName() {
        String name = tokens.name();
        return lowerCase ? Names.lower(name) : name;
    }

    private void statement() {
        if (tokens.isEnd()) {
            return;
        }
        switch (tokens.word()) {
            case "create" -> create();
            case "alter" -> alter();
            case "drop" -> drop();
            case "rename" -> rename();
            default -> {
                tokens.back(0);
                if (!tokens.is(HARMLESS)) {
                    throw tokens.unexpected();
                }
            }
        }
    }

    /** {@return whether a statement of the log, of a session that is not known, may change what tables look like} */
    static boolean mayChangeTables(String sql) {
        // To MariaDB such a comment is none, and a SET STATEMENT a prefix.
        if (sql.contains("/*M!")) {
            return true;
        }
        try {
            DdlTokens tokens = new DdlTokens(sql, Dialect.ofServer());
            if (tokens.take("set", "statement")) {
                return true;
            }
            if (tokens.isEnd() || tokens.is(HARMLESS)) {
                return false;
            }
            if (!tokens.takeAny("create", "alter", "drop")) {
                return true;
            }
            while (!tokens.is(OBJECTS)) {
                tokens.skip();
            }
            return tokens.is("table", "tables", "database", "schema", "index");
        } catch (NotUnderstoodException e) {
            return true;
        }
    }

    /** {@return what is created, altered or dropped, behind what may stand before it: DEFINER, UNIQUE, and so on} */
    private String object() {
        while (!tokens.is(OBJECTS)) {
            tokens.skip();
        }
        return tokens.word();
    }

    private void create() {
        if (tokens.take("temporary", "table")) {
            return;
        }
        if (tokens.take("table")) {
            createTable();
            return;
        }
        String object = object();
        if (object.startsWith("table") && !object.equals("tablespace")) {
            throw tokens.unexpected();
        }
        if (isDatabase(object)) {
            boolean ifAbsent = tokens.take("if", "not", "exists");
            String database = databaseName();
            String charset = databaseCharset(charsetOfServer());
            if (!ifAbsent || (changes.charset(database) == null && changes.isComplete())) {
                changes.putCharset(database, charset);
            }
        }
    }

    private static boolean isDatabase(String object) {
        return object.equals("database") || object.equals("schema");
    }

    private @Nullable String charsetOfServer() {
        int server = input.dialect().server();
        return server == 0 ? null : CharsetNames.ofCollation(server);
    }

    /** @param untold what it is where the statement does not say it; DEFAULT is the server's */
    private @Nullable String databaseCharset(@Nullable String untold) {
        TableOptions options = new TableOptions(tokens);
        while (!tokens.isEnd()) {
            if (tokens.take("read", "only")) {
                tokens.takeSign('=');
                tokens.skip();
            } else if (!options.take()) {
                throw tokens.unexpected();
            }
        }
        return options.tellsCharset() ? options.charset(charsetOfServer()) : untold;
    }

    private void createTable() {
        boolean ifAbsent = tokens.take("if", "not", "exists");
        TableId table = tableName();
        boolean isThere = ifAbsent && !changes.isAbsent(table);
        try {
            TableState created = isLike()
                    ? like(changes.get(tableName()))
                    : TableState.of(CreateTable.read(tokens, input.dialect(), changes.charset(table.database())));
            if (!isThere) {
                changes.put(table, created);
            } else if (changes.get(table).definition() == null) {
                changes.put(
                        table, TableState.unknown("CREATE TABLE IF NOT EXISTS, and whether it was there is not known"));
            }
        } catch (NotUnderstoodException e) {
            if (!isThere || changes.get(table).definition() == null) {
                changes.put(table, notUnderstood(e));
            }
        }
    }

    private boolean isLike() {
        int mark = tokens.mark();
        tokens.takeSign('(');
        boolean isLike = tokens.take("like");
        if (!isLike) {
            tokens.back(mark);
        }
        return isLike;
    }

    private static TableState like(TableState model) {
        return model.isNone() ? TableState.unknown("CREATE TABLE LIKE a table that is not known") : model;
    }

    private TableState notUnderstood(NotUnderstoodException e) {
        String sql = input.sql();
        return TableState.unknown(e.getMessage() + " in: " + (sql.length() > 200 ? sql.substring(0, 200) : sql));
    }

    private void alter() {
        tokens.takeAny("ignore", "online", "offline");
        String object = object();
        if (object.equals("table")) {
            alterTable();
        } else if (isDatabase(object)) {
            String database = isOptionOfDatabase() ? input.database() : databaseName();
            changes.putCharset(database, databaseCharset(changes.charset(database)));
        } else if (object.startsWith("table") && !object.equals("tablespace")) {
            throw tokens.unexpected();
        }
    }

    /** The name may be left out, and may be a word that begins an option. */
    private boolean isOptionOfDatabase() {
        if (!tokens.is("charset", "encryption")) {
            return tokens.is("default", "character", "char", "collate", "read");
        }
        int mark = tokens.mark();
        tokens.skip();
        boolean isName = new TableOptions(tokens).take();
        tokens.back(mark);
        return !isName;
    }

    private void alterTable() {
        TableId table = tableName();
        TableState before = changes.get(table);
        int clauses = tokens.mark();
        AlterTable alter;
        try {
            alter = new AlterTable(tokens, input.dialect());
        } catch (NotUnderstoodException e) {
            tokens.back(clauses);
            for (; !tokens.isEnd(); tokens.skip()) {
                if (tokens.is("rename")) {
                    throw e;
                }
            }
            changes.put(table, notUnderstood(e));
            return;
        }
        TableState after = altered(alter, before, table);
        QualifiedName newName = alter.newName();
        if (newName != null) {
            changes.put(table, TableState.NONE);
            changes.put(resolved(newName), after);
        } else {
            changes.put(table, after);
        }
    }

    private TableState altered(AlterTable alter, TableState before, TableId table) {
        TableDefinition known = before.definition();
        if (known == null) {
            return before.isNone() ? TableState.unknown("the history began without it") : before;
        }
        try {
            return TableState.of(alter.apply(known, changes.charset(table.database())));
        } catch (NotUnderstoodException e) {
            return notUnderstood(e);
        }
    }

    private void drop() {
        if (tokens.take("temporary")) {
            return;
        }
        String object = object();
        if (object.equals("table") || object.equals("tables")) {
            tokens.take("if", "exists");
            do {
                changes.put(tableName(), TableState.NONE);
            } while (tokens.takeSign(','));
            tokens.takeAny("restrict", "cascade");
            tokens.expectEnd();
        } else if (isDatabase(object)) {
            tokens.take("if", "exists");
            String database = databaseName();
            tokens.expectEnd();
            changes.tablesOf(database).forEach(table -> changes.put(table, TableState.NONE));
            changes.putCharset(database, null);
        } else if (object.equals("index")) {
            dropIndex();
        } else if (object.equals("view")) {
            dropViews();
        }
    }

    /** CREATE TABLE IF NOT EXISTS makes no table of a view's name, though it looks so. */
    private void dropViews() {
        tokens.take("if", "exists");
        do {
            TableId table = tableName();
            if (!changes.get(table).isNone()) {
                changes.put(table, TableState.unknown("a view of its name was dropped"));
            }
        } while (tokens.takeSign(','));
    }

    /** The primary key is an index, too. */
    private void dropIndex() {
        boolean isKey = tokens.name().equalsIgnoreCase("PRIMARY");
        tokens.expect("on");
        TableId table = tableName();
        TableDefinition known = changes.get(table).definition();
        if (isKey && known != null) {
            List<String> none = new ArrayList<>();
            changes.put(
                    table,
                    TableState.of(
                            TableDefinition.of(known.charset(), known.table().columns(), none)));
        }
    }

    /** One after the other: that is how names are swapped. */
    private void rename() {
        if (!tokens.takeAny("table", "tables")) {
            tokens.expect("user");
            return;
        }
        do {
            TableId from = tableName();
            tokens.expect("to");
            TableId to = tableName();
            TableState state = changes.get(from);
            changes.put(from, TableState.NONE);
            changes.put(
                    to, state.isNone() ? TableState.unknown("renamed from " + from + ", which is not known") : state);
        } while (tokens.takeSign(','));
        tokens.expectEnd();
    }
}
