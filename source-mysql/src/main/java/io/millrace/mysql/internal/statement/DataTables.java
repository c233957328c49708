// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.statement;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.util.TablesNamesFinder;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tables of a data statement, those of its joins and subqueries included, by JSqlParser.
 *
 * <p>The parser gets the statement in plainer words: without comments, strings empty, and what it does
 * not know of MySQL said otherwise. It runs on the caller's thread and backtracks, so it only gets
 * what it reads in milliseconds; {@code CCJSqlParserUtil.parse} would start a thread for each
 * statement and stop it after eight seconds.
 */
final class DataTables {

    /** Of the plainer text; what is longer is mostly rows of values. */
    private static final int LONGEST = 32_000;

    private static final int DEEPEST = 20;

    /** Words after which a name in double quotes stands, in a session of ANSI_QUOTES; else it is a string. */
    private static final Set<String> BEFORE_TABLE =
            Set.of("FROM", "INTO", "JOIN", "UPDATE", "USING", "IGNORE", "TABLE", ".");

    private final String sql;
    private final StringBuilder plain = new StringBuilder();
    private int depth;
    private boolean hasQuery;
    private boolean tooMuch;

    private DataTables(String sql) {
        this.sql = sql;
    }

    /**
     * {@return names as they are written, qualified and quoted; empty if they were not found}
     *
     * @param begin index of the statement's first word
     * @param onlyByQuery whether a statement without a query names no table but its first
     */
    static List<String> in(String sql, int begin, boolean onlyByQuery) {
        DataTables reader = new DataTables(sql);
        reader.append(begin, sql.length());
        return onlyByQuery && !reader.hasQuery ? List.of() : reader.parse();
    }

    /**
     * {@return names as they are written, qualified and quoted; empty if they were not found} What is
     * deleted from stands among the references, by its own name or an alias: so a SELECT names the same
     * tables, and JSqlParser knows all its forms.
     *
     * @param begin index of the statement's first word: WITH, or DELETE itself
     * @param verb index of DELETE
     * @param references index of the first table reference
     */
    static List<String> inDelete(String sql, int begin, int verb, int references) {
        DataTables reader = new DataTables(sql);
        reader.append(begin, verb);
        reader.plain.append(" SELECT 1 FROM ");
        reader.append(references, sql.length());
        return reader.parse();
    }

    private void append(int from, int to) {
        SqlTokens tokens = new SqlTokens(sql, from);
        String before = "";
        int end = from;
        while (!tokens.isEnd() && tokens.start() < to && !tooMuch) {
            boolean adjacent = tokens.start() == end && end > from;
            int start = tokens.start();
            end = tokens.end();
            String word = tokens.keyword();
            char quote = tokens.quote();
            String name = tokens.takeAny();
            if (quote == '\'' || quote == '"' && !BEFORE_TABLE.contains(before) && !tokens.is(".")) {
                string(before, adjacent);
                word = "''";
            } else {
                plain.append(adjacent ? "" : " ");
                if (quote == '"') {
                    plain.append('`').append(name).append('`');
                } else if (word.equals("TABLE")) {
                    plain.append("SELECT * FROM");
                } else {
                    plain.append(sql, start, end);
                }
            }
            hasQuery |= word.equals("SELECT") || word.equals("TABLE");
            depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
            tooMuch = depth > DEEPEST || plain.length() > LONGEST;
            before = word;
        }
    }

    /** An empty string stands for any, and for several in a row; {@code x}, {@code _utf8mb4} before it go. */
    private void string(String before, boolean adjacent) {
        if (before.equals("''")) {
            return;
        }
        if (before.startsWith("_") || adjacent && !before.isEmpty() && Character.isLetter(before.charAt(0))) {
            plain.setLength(plain.length() - before.length());
        }
        plain.append(" ''");
    }

    private List<String> parse() {
        if (tooMuch) {
            return List.of();
        }
        Statement statement = parsed(false);
        if (statement == null) {
            statement = parsed(true);
        }
        return statement == null ? List.of() : new InOrder().find(statement);
    }

    private @Nullable Statement parsed(boolean complex) {
        try {
            return CCJSqlParserUtil.newParser(plain.toString())
                    .withAllowComplexParsing(complex)
                    .Statement();
        } catch (ParseException | RuntimeException | StackOverflowError e) {
            // A grammar that does not know the statement leaves it with the table that was recognised.
            return null;
        }
    }

    /** The finder's own set has no order. */
    private static final class InOrder extends TablesNamesFinder<Void> {

        private final Set<String> met = new LinkedHashSet<>();

        List<String> find(Statement statement) {
            try {
                Set<String> tables = getTables(statement);
                met.retainAll(tables);
                return List.copyOf(met);
            } catch (RuntimeException | StackOverflowError e) {
                return List.of();
            }
        }

        @Override
        protected String extractTableName(Table table) {
            String name = super.extractTableName(table);
            met.add(name);
            return name;
        }
    }
}
