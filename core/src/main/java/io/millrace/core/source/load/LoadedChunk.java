// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.source.Capture;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Rows of a table that were read together. They are kept until all of them were handed on, so that they come again
 * as they were if that is interrupted. Immutable.
 */
public final class LoadedChunk {

    private final String id;
    private final List<RowImage> rows;
    private final LoadedTo end;
    private final long readAt = Instant.now().getEpochSecond();

    private LoadedChunk(String id, List<RowImage> rows, LoadedTo end) {
        this.id = id;
        this.rows = rows;
        this.end = end;
    }

    /** The rows of a chunk while they are read. Used by one thread. */
    public static final class Rows {

        private final List<RowImage> rows = new ArrayList<>();
        private final MessageDigest contents = newDigest();

        private static MessageDigest newDigest() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        /** @param content what tells the row from every other one of its table */
        public void add(RowImage row, byte[] content) {
            rows.add(row);
            contents.update(content);
        }

        /** {@return the rows so far} */
        public int size() {
            return rows.size();
        }

        /**
         * {@return the chunk; the same rows go on where they were interrupted, others that stand behind the same row
         * begin anew}
         *
         * @param end where the table has been read to with these rows
         */
        public LoadedChunk upTo(LoadedTo end) {
            String id = "load:" + end.table() + ":" + (end.rows() - rows.size()) + ":"
                    + HexFormat.of().formatHex(contents.digest());
            return new LoadedChunk(id, List.copyOf(rows), end);
        }
    }

    /** {@return where the load stands with these rows} */
    public LoadedTo end() {
        return end;
    }

    /** Hands on the rows; what remains is to end their transaction at {@link #end}. */
    void handOn(String service, Capture capture) {
        LoadTransaction transaction = new LoadTransaction(capture.begin(id), id, end.table());
        SourceInfo source = new SourceInfo(service, null, 0, transaction, readAt, null);
        for (int i = 0; i < rows.size(); i++) {
            capture.record(new Record(Record.Kind.READ, null, rows.get(i), source, i));
        }
    }
}
