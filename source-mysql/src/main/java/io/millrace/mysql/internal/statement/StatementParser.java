// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.statement;

import io.millrace.core.Statement.Kind;
import io.millrace.core.TableId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.util.TablesNamesFinder;

/**
 * Says what a statement does and which tables it names. DDL is recognised by its first words: that is
 * quick, never fails, and does not depend on a grammar that knows every clause of every version. Data
 * statements are parsed, for the tables in their joins and subqueries. What is not understood is
 * {@link Kind#OTHER} of no table; nothing here throws.
 */
public final class StatementParser {

    /** Longer data statements are not parsed whole: the table that they change stands in their first words. */
    private static final int LONGEST_PARSED = 100_000;

    /**
     * What was found.
     *
     * @param tables in the statement's order, the changed one first; without those that only the
     *     SELECT of a CREATE TABLE names
     */
    public record Parsed(Kind kind, List<TableId> tables) {}

    private final SqlTokens tokens;
    private final String sql;
    private final String database;
    private final Set<TableId> tables = new LinkedHashSet<>();

    private StatementParser(String sql, String database) {
        this.sql = sql;
        this.database = database;
        this.tokens = new SqlTokens(sql);
    }

    /** @param database the session's default database, for names without one; empty for none */
    public static Parsed parse(String sql, String database) {
        StatementParser parser = new StatementParser(sql, database);
        Kind kind = parser.statement();
        return new Parsed(kind, List.copyOf(parser.tables));
    }

    private Kind statement() {
        while (tokens.take("(")) {
            // A statement in parentheses is the statement.
        }
        return switch (tokens.keyword()) {
            case "CREATE" -> create();
            case "ALTER" -> alter();
            case "DROP" -> drop();
            case "RENAME" -> rename();
            case "TRUNCATE" -> truncate();
            case "INSERT" -> data(Kind.INSERT, "INTO");
            case "REPLACE" -> data(Kind.REPLACE, "INTO");
            case "UPDATE" -> data(Kind.UPDATE, "UPDATE");
            case "DELETE" -> data(Kind.DELETE, "FROM");
            case "WITH" -> withClause();
            case "LOAD" -> load();
            default -> Kind.OTHER;
        };
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
        return temporary ? Kind.OTHER : Kind.CREATE_TABLE;
    }

    private Kind alter() {
        tokens.next();
        while (tokens.take("ONLINE") || tokens.take("OFFLINE") || tokens.take("IGNORE")) {
            // Words of older versions that change nothing here.
        }
        if (tokens.take("DATABASE") || tokens.take("SCHEMA")) {
            return Kind.ALTER_DATABASE;
        }
        if (!tokens.take("TABLE")) {
            return Kind.OTHER;
        }
        name();
        renamedInAlter();
        return Kind.ALTER_TABLE;
    }

    /** ALTER TABLE a ..., RENAME [TO | AS] b, but not RENAME COLUMN or RENAME INDEX. */
    private void renamedInAlter() {
        int depth = 0;
        while (!tokens.isEnd()) {
            if (tokens.is("(")) {
                depth++;
            } else if (tokens.is(")")) {
                depth--;
            } else if (depth == 0 && tokens.take("RENAME")) {
                if (!tokens.is("COLUMN") && !tokens.is("INDEX") && !tokens.is("KEY")) {
                    boolean unused = tokens.take("TO") || tokens.take("AS") || tokens.take("=");
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
        return tokens.is("DATABASE") || tokens.is("SCHEMA") ? Kind.DROP_DATABASE : Kind.OTHER;
    }

    private Kind rename() {
        tokens.next();
        if (!tokens.take("TABLE") && !tokens.take("TABLES")) {
            return Kind.OTHER;
        }
        do {
            name();
            tokens.take("TO");
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
        while (!tokens.isEnd()) {
            if (tokens.take("INTO") && tokens.take("TABLE")) {
                name();
                return Kind.INSERT;
            }
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
                return data(Kind.UPDATE, "UPDATE");
            } else if (depth == 0 && word.equals("DELETE")) {
                return data(Kind.DELETE, "FROM");
            }
            tokens.next();
        }
        return Kind.OTHER;
    }

    /** @param before the word after which the changed table stands */
    private Kind data(Kind kind, String before) {
        changedTable(before);
        if (sql.length() <= LONGEST_PARSED) {
            parseTables();
        }
        return kind;
    }

    private void changedTable(String before) {
        boolean isFirstWord = tokens.is(before);
        tokens.next();
        while (tokens.take("LOW_PRIORITY")
                || tokens.take("DELAYED")
                || tokens.take("HIGH_PRIORITY")
                || tokens.take("QUICK")
                || tokens.take("IGNORE")) {
            // Modifiers stand before the table.
        }
        if (isFirstWord || tokens.take(before) || before.equals("INTO")) {
            if (tokens.isName()) {
                name();
            }
        }
    }

    private void parseTables() {
        try {
            for (String name : TablesNamesFinder.findTables(sql)) {
                tables.add(resolved(new SqlTokens(name)));
            }
        } catch (JSQLParserException | RuntimeException e) {
            // A grammar that does not know the statement leaves it with the table that was recognised.
        }
    }

    private void nameAfter(String word) {
        while (!tokens.isEnd() && !tokens.take(word)) {
            tokens.next();
        }
        if (tokens.isName()) {
            name();
        }
    }

    private void names() {
        do {
            name();
        } while (tokens.take(","));
    }

    /** Takes [IF [NOT] EXISTS] [database.]table. */
    private void name() {
        if (tokens.take("IF")) {
            tokens.take("NOT");
            tokens.take("EXISTS");
        }
        if (tokens.isName()) {
            tables.add(resolved(tokens));
        }
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
