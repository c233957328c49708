// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.mysql.internal.binlog.BinlogEvent;

/**
 * How a session wrote its statements.
 *
 * <p>Layout: MySQL's {@code statement_events.h}, Query_event, status variables. Those that are needed come first.
 *
 * @param sqlMode bits of {@code sql_mode}
 * @param client number of a collation of {@code character_set_client}; 0 if it is not told
 * @param server number of {@code collation_server}; 0 if it is not told
 * @param version of the server, such as 80031
 */
record Dialect(long sqlMode, int client, int server, int version) {

    private static final long REAL_AS_FLOAT = 1;
    private static final long ANSI_QUOTES = 4;
    private static final long NO_BACKSLASH_ESCAPES = 1 << 20;

    private static final int POST_HEADER = 13;
    private static final int FLAGS = 0;
    private static final int SQL_MODE = 1;
    private static final int AUTO_INCREMENT = 3;
    private static final int CHARSET = 4;
    private static final int CATALOG = 6;

    /** As the server itself writes types in {@code information_schema}. */
    static Dialect ofServer() {
        return new Dialect(0, 0, 0, 0);
    }

    static Dialect of(BinlogEvent query, int version) {
        int end = POST_HEADER + (int) query.number(11, 2);
        long sqlMode = 0;
        int at = POST_HEADER;
        while (at < end) {
            switch ((int) query.number(at, 1)) {
                case FLAGS, AUTO_INCREMENT -> at += 5;
                case SQL_MODE -> {
                    sqlMode = query.number(at + 1, 8);
                    at += 9;
                }
                case CATALOG -> at += 2 + (int) query.number(at + 1, 1);
                case CHARSET -> {
                    return new Dialect(sqlMode, (int) query.number(at + 1, 2), (int) query.number(at + 5, 2), version);
                }
                default -> at = end;
            }
        }
        return new Dialect(sqlMode, 0, 0, version);
    }

    boolean realIsFloat() {
        return (sqlMode & REAL_AS_FLOAT) != 0;
    }

    boolean ansiQuotes() {
        return (sqlMode & ANSI_QUOTES) != 0;
    }

    boolean backslashEscapes() {
        return (sqlMode & NO_BACKSLASH_ESCAPES) == 0;
    }
}
