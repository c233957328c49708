// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.internal.binlog.QueryEvent;
import io.millrace.mysql.internal.statement.StatementParser;
import java.util.List;

/** Says of statements that stand in the log as text what is delivered of them. Used by the capture thread. */
final class StatementReader {

    private final TableFilter filter;
    private final StatementDml dml;

    StatementReader(MySqlOptions options) {
        this.filter = options.pipeline().filter();
        this.dml = options.statementDml();
    }

    /**
     * A statement of the log.
     *
     * @param tables that it names; none if they cannot be read
     * @param isCaptured whether it is to be delivered
     */
    record Found(QueryEvent query, StatementParser.Parsed parsed, List<TableId> tables, boolean isCaptured) {

        /** {@return whether its rows follow in the same transaction} */
        boolean rowsFollow() {
            return parsed.rowsFollow();
        }

        Statement statement(SourceInfo source, long ordinal) {
            return new Statement(
                    parsed.kind(), query.database(), tables, query.sql(), source, ordinal, parsed.changesData());
        }
    }

    /** {@return whether it may change rows of captured tables that the log does not have} */
    boolean changesCaptured(QueryEvent query) {
        StatementParser.Parsed parsed = StatementParser.parse(query.sql(), query.database());
        return parsed.rowsAsText() && isOfTables(parsed, tables(query, parsed));
    }

    private static List<TableId> tables(QueryEvent query, StatementParser.Parsed parsed) {
        return query.isUtf8() ? parsed.tables() : List.of();
    }

    private boolean isOfTables(StatementParser.Parsed parsed, List<TableId> tables) {
        // What a query or a procedure changes is not among the tables that it names.
        boolean mayConcernAny = tables.isEmpty() || (parsed.rowsAsText() && parsed.kind() == Statement.Kind.OTHER);
        return mayConcernAny || tables.stream().anyMatch(filter::includes);
    }

    /**
     * @param where the statement's place, for messages
     * @throws UnreadableEventException if rows may have been changed by it that the log does not have
     */
    Found find(QueryEvent query, String where) {
        StatementParser.Parsed parsed = StatementParser.parse(query.sql(), query.database());
        List<TableId> tables = tables(query, parsed);
        String database = query.isUtf8() ? parsed.database() : null;
        boolean isOfTables = isOfTables(parsed, tables);
        if (parsed.rowsAsText() && isOfTables && dml == StatementDml.STOP) {
            throw new UnreadableEventException(
                    "rows may have been changed by a statement that the binlog holds as text, not as rows: \"%s\". Let every session use binlog_format=ROW, or take statements by MySqlOptions.statementDml(DELIVER);"
                            .formatted(
                                    query.sql().length() > 200 ? query.sql().substring(0, 200) + "..." : query.sql()),
                    where,
                    null);
        }
        return new Found(query, parsed, tables, database == null ? isOfTables : filter.includesAnyOf(database));
    }
}
