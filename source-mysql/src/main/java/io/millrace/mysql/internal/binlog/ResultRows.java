// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows of a result, read one by one as the server sends them; until the last, nothing else can be asked. */
public final class ResultRows {

    private static final int NULL = 0xfb;

    private final ServerConnection server;
    private final String sql;
    private boolean hasEnded;

    ResultRows(ServerConnection server, String sql) {
        this.server = server;
        this.sql = sql;
    }

    /** {@return the values of the next row as the server prints them, null for SQL null; null after the last} */
    public byte @Nullable [] @Nullable [] next() throws IOException {
        if (hasEnded) {
            return null;
        }
        byte[] row = server.message();
        if (ServerConnection.isEnd(row)) {
            hasEnded = true;
            return null;
        }
        if ((row[0] & 0xff) == ServerConnection.ERROR) {
            throw ServerError.of(ServerError.withoutMarker(row)).asFailure(sql);
        }
        return values(row);
    }

    /** Layout: a length-encoded string per column, 0xfb for null. */
    private static byte[] @Nullable [] values(byte[] row) throws IOException {
        int count = 0;
        for (int at = 0; at < row.length; count++) {
            at = end(row, at);
        }
        byte[] @Nullable [] values = new byte[count] @Nullable [];
        int at = 0;
        for (int i = 0; i < count; i++) {
            int end = end(row, at);
            int begin = at + prefix(row, at);
            values[i] = (row[at] & 0xff) == NULL ? null : Arrays.copyOfRange(row, begin, end);
            at = end;
        }
        return values;
    }

    private static int prefix(byte[] row, int at) {
        int first = row[at] & 0xff;
        return first <= NULL ? 1 : first == 0xfc ? 3 : first == 0xfd ? 4 : 9;
    }

    /** {@return where the value that begins there ends} */
    private static int end(byte[] row, int at) throws IOException {
        int first = row[at] & 0xff;
        if (first == NULL) {
            return at + 1;
        }
        int prefix = prefix(row, at);
        long length = prefix == 1 ? first : 0;
        for (int i = 1; i < prefix && at + i < row.length; i++) {
            length |= (row[at + i] & 0xffL) << 8 * (i - 1);
        }
        if (length < 0 || length > row.length - at - prefix) {
            throw new IOException("a row of a result is cut off: a value of " + length + " bytes");
        }
        return at + prefix + (int) length;
    }
}
