// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.source.Capture;
import io.millrace.mysql.MySqlPosition.LoadedTo;
import io.millrace.mysql.internal.row.LoadedRow;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * Rows of a table that were read together. They are kept until all of them were handed on, so that they come again
 * as they were if that is interrupted.
 */
final class LoadedChunk {

    private final String id;
    private final List<LoadedRow> rows;
    private final LoadedTo end;
    private final long readAt = Instant.now().getEpochSecond();

    /** @param end where the table has been read to with these rows */
    LoadedChunk(List<LoadedRow> rows, LoadedTo end) {
        this.rows = rows;
        this.end = end;
        this.id = "load:" + end.table() + ":" + (end.rows() - rows.size()) + ":" + contentOf(rows);
    }

    /** The same rows go on where they were interrupted; others that stand behind the same row begin anew. */
    private static String contentOf(List<LoadedRow> rows) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            rows.forEach(row -> row.addTo(digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** {@return where the load stands with these rows} */
    LoadedTo end() {
        return end;
    }

    /** Hands on the rows; what remains is to end their transaction at {@link #end}. */
    void handOn(String service, Capture capture) {
        MySqlTransaction transaction = new MySqlTransaction(capture.begin(id), id, end.table());
        SourceInfo source = new SourceInfo(service, null, 0, transaction, readAt, null);
        for (int i = 0; i < rows.size(); i++) {
            capture.record(new Record(Record.Kind.READ, null, rows.get(i), source, i));
        }
    }
}
