// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Rows of a result, read one by one as the server sends them; until the last, nothing else can be asked. */
public final class ResultRows {

    private final ServerConnection server;
    private final String sql;
    private boolean hasEnded;

    ResultRows(ServerConnection server, String sql) {
        this.server = server;
        this.sql = sql;
    }

    /**
     * {@return the next row as the server sends it: a length-encoded string per column, 0xfb for null; null after the
     * last}
     *
     * @throws MessageTooLargeException if it is larger; it was not put in memory
     */
    public byte @Nullable [] next(long mostBytes) throws IOException {
        if (hasEnded) {
            return null;
        }
        byte[] row = server.message(mostBytes);
        if (ServerConnection.isEnd(row)) {
            hasEnded = true;
            return null;
        }
        if ((row[0] & 0xff) == ServerConnection.ERROR) {
            throw ServerError.of(ServerError.withoutMarker(row)).asFailure(sql);
        }
        return row;
    }

    /** {@return the values of the next row as text, null for SQL null; null after the last} */
    public @Nullable String @Nullable [] nextTexts() throws IOException {
        byte[] row = next(Long.MAX_VALUE);
        return row == null ? null : ServerConnection.values(row);
    }
}
