// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
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
 * @param isUtf8 whether the statement is UTF-8. Sessions of another character set log it in that one:
 *     then what it says beyond ASCII, such as names, is not known
 */
public record QueryEvent(String database, String sql, boolean isUtf8) {

    private static final int POST_HEADER = 13;

    /** How MariaDB begins what replaces an event: {@code log_event.cc}, Query_log_event::dummy_event. */
    private static final String DUMMY = "# Dummy event replacing event type ";

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
        String name = new String(bytes, database, databaseLength, StandardCharsets.UTF_8);
        ByteBuffer text = ByteBuffer.wrap(bytes, sql, event.end() - sql);
        try {
            return new QueryEvent(
                    name, StandardCharsets.UTF_8.newDecoder().decode(text).toString(), true);
        } catch (CharacterCodingException e) {
            return new QueryEvent(name, new String(bytes, sql, event.end() - sql, StandardCharsets.ISO_8859_1), false);
        }
    }

    /** {@return whether it is no statement, but stands in the place of another event} */
    public boolean isDummy() {
        return sql.startsWith("# Dum");
    }

    /** {@return the type of the event in whose place a dummy stands; -1 if its text is cut off before that} */
    public static int replacedType(String sql) {
        if (!sql.startsWith(DUMMY)) {
            return -1;
        }
        int end = sql.indexOf(' ', DUMMY.length());
        String digits = sql.substring(DUMMY.length(), Math.max(end, DUMMY.length()));
        return digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
    }
}
