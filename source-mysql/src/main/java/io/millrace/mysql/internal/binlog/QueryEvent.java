// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.nio.charset.StandardCharsets;

/**
 * The text of a QUERY_EVENT.
 *
 * <p>Layout: MySQL's {@code statement_events.h}, Query_event: thread 4, execution time 4, length of
 * the database 1, error code 2, length of the status variables 2, these, the database and a zero, the
 * statement.
 *
 * @param database the session's default database; empty if it had none
 * @param sql the statement
 */
public record QueryEvent(String database, String sql) {

    private static final int POST_HEADER = 13;

    public static QueryEvent of(BinlogEvent event) {
        int databaseLength = (int) event.number(8, 1);
        int variablesLength = (int) event.number(11, 2);
        int database = POST_HEADER + variablesLength;
        int sql = database + databaseLength + 1;
        if (sql > event.end()) {
            throw new IndexOutOfBoundsException(
                    "the statement begins at " + sql + ", behind the event's end at " + event.end());
        }
        byte[] bytes = event.bytes();
        return new QueryEvent(
                new String(bytes, database, databaseLength, StandardCharsets.UTF_8),
                new String(bytes, sql, event.end() - sql, StandardCharsets.UTF_8));
    }
}
