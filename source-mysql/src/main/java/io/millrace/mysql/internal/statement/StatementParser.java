// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.statement;

import io.millrace.core.Statement.Kind;
import io.millrace.core.TableId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what a statement does and which tables it names. DDL is recognised by its first words: that is
 * quick, never fails, and does not depend on a grammar that knows every clause of every version. Data
 * statements are parsed, for the tables in their joins and subqueries. What is not understood is
 * {@link Kind#OTHER} of no table; nothing here throws.
 */
public final class StatementParser {

    /**
     * What was found.
     *
     * @param tables in the statement's order, but that an INSERT, UPDATE or DELETE of one table has that
     *     first; without those that only the SELECT of a CREATE TABLE names. What a query calls may change
     *     others
     * @param database the database that a statement about a database names; null for others
     * @param rowsAsText whether rows may change by it that are not logged as rows: data statements, what
     *     may call a function, and CREATE TABLE ... SELECT
     * @param rowsFollow whether its rows follow in the same transaction: an atomic CREATE TABLE ... SELECT
     * @param changesData whether rows may change by it that are not logged as rows; beside those as text
     *     TRUNCATE, and partitions that are exchanged, truncated or dropped
     */
    public record Parsed(
            Kind kind,
            List<TableId> tables,
            @Nullable String database,
            boolean rowsAsText,
            boolean rowsFollow,
            boolean changesData) {}

    private final SqlTokens tokens;
    private final String sql;
    private final String database;
    private final Set<TableId> tables = new LinkedHashSet<>();
    private int begin;
    private @Nullable String named;
    private boolean rowsAsText;
    private boolean rowsFollow;
    private boolean partitionsChange;

    private StatementParser(String sql, String database) {
        this.sql = sql;
        this.database = database;
        this.tokens = new SqlTokens(sql);
    }

    /** @param database the session's default database, for names without one; empty for none */
    public static Parsed parse(String sql, String database) {
        StatementParser parser = new StatementParser(sql, database);
        Kind kind = parser.statement();
        boolean changesData =
                kind == Kind.TRUNCATE_TABLE || parser.partitionsChange || (parser.rowsAsText && !parser.rowsFollow);
        return new Parsed(
                kind, List.copyOf(parser.tables), parser.named, parser.rowsAsText, parser.rowsFollow, changesData);
    }

    private Kind statement() {
        while (tokens.take("(") || takeSetStatement()) {
            // A statement in parentheses is the statement.
        }
        begin = tokens.start();
        rowsAsText = switch (tokens.keyword()) {
            case "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "LOAD" -> true;
            // These may call functions and procedures that change rows.
            case "SELECT", "DO", "CALL", "TABLE", "VALUES" -> true;
            default -> false;
        };
        return switch (tokens.keyword()) {
            case "CREATE" -> create();
            case "ALTER" -> alter();
            case "DROP" -> drop();
            case "RENAME" -> rename();
            case "TRUNCATE" -> truncate();
            case "INSERT" -> data(Kind.INSERT);
            case "REPLACE" -> data(Kind.REPLACE);
            case "UPDATE" -> data(Kind.UPDATE);
            case "DELETE" -> delete();
            case "WITH" -> withClause();
            case "LOAD" -> load();
            case "SELECT" -> query();
            default -> Kind.OTHER;
        };
    }

    /** SET STATEMENT a = b, ... FOR, which MariaDB has before a statement. */
    private boolean takeSetStatement() {
        if (!tokens.is("SET") || !new SqlTokens(sql, tokens.end()).is("STATEMENT")) {
            return false;
        }
        skipThrough("FOR");
        return true;
    }

    private Kind create() {
        boolean temporary = false;
        // Between CREATE and what is created: OR REPLACE, TEMPORARY, UNIQUE, ALGORITHM = x, DEFINER = a@b, ...
        for (int i = 0; i < 20 && !tokens.isEnd(); i++) {
            tokens.next();
            switch (tokens.keyword()) {
                case "TABLE" -> {
                    tokens.next();
                    return createTable(temporary);
                }
                case "DATABASE", "SCHEMA" -> {
                    tokens.next();
                    databaseName();
                    return Kind.CREATE_DATABASE;
                }
                case "VIEW" -> {
                    tokens.next();
                    name();
                    return Kind.CREATE_VIEW;
                }
                case "INDEX" -> {
                    nameAfter("ON");
                    return Kind.CREATE_INDEX;
                }
                case "TEMPORARY" -> temporary = true;
                case "USER", "ROLE", "FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "SERVER", "TABLESPACE", "LOGFILE" -> {
                    return Kind.OTHER;
                }
                default -> {}
            }
        }
        return Kind.OTHER;
    }

    private Kind createTable(boolean temporary) {
        name();
        tokens.take("(");
        if (tokens.take("LIKE")) {
            name();
        }
        restOfCreateTable();
        return temporary ? Kind.OTHER : Kind.CREATE_TABLE;
    }

    /** [AS] SELECT, TABLE or VALUES ROW(...) fill the table; START TRANSACTION at the end tells that rows follow. */
    private void restOfCreateTable() {
        String before = "";
        String last = "";
        while (!tokens.isEnd()) {
            String word = tokens.keyword();
            rowsAsText |=
                    word.equals("SELECT") || word.equals("TABLE") || (last.equals("VALUES") && word.equals("ROW"));
            before = last;
            last = word;
            tokens.next();
        }
        rowsFollow = before.equals("START") && last.equals("TRANSACTION");
    }

    private Kind alter() {
        tokens.next();
        while (tokens.take("ONLINE") || tokens.take("OFFLINE") || tokens.take("IGNORE")) {
            // Words of older versions that change nothing here.
        }
        if (tokens.take("DATABASE") || tokens.take("SCHEMA")) {
            databaseName();
            return Kind.ALTER_DATABASE;
        }
        if (!tokens.take("TABLE")) {
            return Kind.OTHER;
        }
        name();
        otherNamesOfAlter();
        return Kind.ALTER_TABLE;
    }

    /**
     * ALTER TABLE a ..., RENAME [TO | AS] b, but not RENAME COLUMN or RENAME INDEX; and EXCHANGE
     * PARTITION p WITH TABLE b, which changes the rows of both.
     */
    private void otherNamesOfAlter() {
        int depth = 0;
        while (!tokens.isEnd()) {
            if (tokens.is("(")) {
                depth++;
            } else if (tokens.is(")")) {
                depth--;
            } else if (depth == 0 && (tokens.is("EXCHANGE") || tokens.is("TRUNCATE") || tokens.is("DROP"))) {
                tokens.next();
                partitionsChange |= tokens.is("PARTITION");
                continue;
            } else if (depth == 0 && tokens.take("RENAME")) {
                if (!tokens.is("COLUMN") && !tokens.is("INDEX") && !tokens.is("KEY")) {
                    boolean unused = tokens.take("TO") || tokens.take("AS") || tokens.take("=");
                    name();
                }
                continue;
            } else if (depth == 0 && tokens.take("WITH")) {
                if (tokens.take("TABLE")) {
                    name();
                }
                continue;
            }
            tokens.next();
        }
    }

    private Kind drop() {
        tokens.next();
        boolean temporary = tokens.take("TEMPORARY");
        if (tokens.take("TABLE") || tokens.take("TABLES")) {
            names();
            return temporary ? Kind.OTHER : Kind.DROP_TABLE;
        } else if (tokens.take("VIEW")) {
            names();
            return Kind.DROP_VIEW;
        } else if (tokens.take("INDEX")) {
            nameAfter("ON");
            return Kind.DROP_INDEX;
        }
        if (tokens.take("DATABASE") || tokens.take("SCHEMA")) {
            databaseName();
            return Kind.DROP_DATABASE;
        }
        return Kind.OTHER;
    }

    private Kind rename() {
        tokens.next();
        if (!tokens.take("TABLE") && !tokens.take("TABLES")) {
            return Kind.OTHER;
        }
        do {
            name();
            while (!tokens.isEnd() && !tokens.is(",") && !tokens.take("TO")) {
                // MariaDB: WAIT n, or NOWAIT.
                tokens.next();
            }
            name();
        } while (tokens.take(","));
        return Kind.RENAME_TABLE;
    }

    private Kind truncate() {
        tokens.next();
        tokens.take("TABLE");
        name();
        return Kind.TRUNCATE_TABLE;
    }

    private Kind load() {
        Kind kind = Kind.INSERT;
        while (!tokens.isEnd()) {
            if (tokens.take("INTO") && tokens.take("TABLE")) {
                name();
                return kind;
            }
            kind = tokens.is("REPLACE") ? Kind.REPLACE : kind;
            tokens.next();
        }
        return Kind.OTHER;
    }

    /** WITH a AS (...) UPDATE ...: the statement's kind is that of the first data word outside parentheses. */
    private Kind withClause() {
        int depth = 0;
        while (!tokens.isEnd()) {
            String word = tokens.keyword();
            if (word.equals("(")) {
                depth++;
            } else if (word.equals(")")) {
                depth--;
            } else if (depth == 0 && word.equals("UPDATE")) {
                return data(Kind.UPDATE);
            } else if (depth == 0 && word.equals("DELETE")) {
                return delete();
            }
            tokens.next();
        }
        return query();
    }

    private Kind query() {
        DataTables.in(sql, begin, false).forEach(name -> tables.add(resolved(new SqlTokens(name))));
        return Kind.OTHER;
    }

    /** INSERT, REPLACE and UPDATE; the present token is that word. */
    private Kind data(Kind kind) {
        tokens.next();
        takeModifiers();
        tokens.take("INTO");
        changed(DataTables.in(sql, begin, kind != Kind.UPDATE));
        return kind;
    }

    /** DELETE FROM a; DELETE a, b FROM references; DELETE FROM a, b USING references. */
    private Kind delete() {
        int verb = tokens.start();
        tokens.next();
        takeModifiers();
        if (tokens.is("FROM")) {
            SqlTokens ahead = new SqlTokens(sql, tokens.start());
            do {
                ahead.next();
                while (ahead.isName() && !ahead.is("USING") || ahead.is(".") || ahead.is("*")) {
                    ahead.next();
                }
            } while (ahead.is(","));
            if (ahead.is("USING")) {
                skipThrough("USING");
            } else {
                tokens.next();
            }
        } else {
            skipThrough("FROM");
        }
        changed(DataTables.inDelete(sql, begin, verb, tokens.start()));
        return Kind.DELETE;
    }

    private void takeModifiers() {
        while (tokens.take("LOW_PRIORITY")
                || tokens.take("DELAYED")
                || tokens.take("HIGH_PRIORITY")
                || tokens.take("QUICK")
                || tokens.take("IGNORE")) {
            // Modifiers stand before the table.
        }
    }

    /**
     * Takes the table that stands here, and those that the parser found. The parser knows better whether
     * the first is a table: it may be the name of a WITH clause.
     */
    private void changed(List<String> found) {
        Set<TableId> all = new LinkedHashSet<>();
        for (String name : found) {
            all.add(resolved(new SqlTokens(name)));
        }
        while (tokens.take("(")) {
            // References may stand in parentheses.
        }
        if (!tokens.is("SELECT")) {
            name();
        }
        if (!all.isEmpty()) {
            tables.retainAll(all);
            tables.addAll(all);
        }
    }

    private void skipThrough(String word) {
        while (!tokens.isEnd() && !tokens.take(word)) {
            tokens.next();
        }
    }

    private void nameAfter(String word) {
        skipThrough(word);
        name();
    }

    private void names() {
        do {
            name();
        } while (tokens.take(","));
    }

    /** Takes [IF [NOT] EXISTS] [[database].]table, if that stands here. */
    private void name() {
        if (tokens.take("IF")) {
            tokens.take("NOT");
            tokens.take("EXISTS");
        }
        tokens.take(".");
        if (tokens.isName()) {
            tables.add(resolved(tokens));
        }
    }

    /** Takes [IF [NOT] EXISTS] database; ALTER DATABASE may leave the name out. */
    private void databaseName() {
        if (tokens.take("IF")) {
            tokens.take("NOT");
            tokens.take("EXISTS");
        }
        boolean isOption = tokens.is("CHARACTER")
                || tokens.is("CHARSET")
                || tokens.is("COLLATE")
                || tokens.is("DEFAULT")
                || tokens.is("ENCRYPTION")
                || tokens.is("READ");
        named = tokens.isName() && !isOption ? tokens.takeAny() : database;
    }

    private TableId resolved(SqlTokens from) {
        List<String> parts = new ArrayList<>();
        parts.add(from.takeAny());
        while (from.take(".") && from.isName()) {
            parts.add(from.takeAny());
        }
        String table = parts.get(parts.size() - 1);
        return new TableId(parts.size() > 1 ? parts.get(parts.size() - 2) : database, table);
    }
}
