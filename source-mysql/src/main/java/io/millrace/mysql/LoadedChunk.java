// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.source.Capture;
import io.millrace.mysql.MySqlPosition.Loading;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Rows of a table that were read together. They are kept until all of them were handed on, so that they come again
 * as they were if that is interrupted.
 */
final class LoadedChunk {

    private final String id;
    private final TableId table;
    private final List<RowImage> rows;
    private final LoadBoundary end;
    private final long readAt = Instant.now().getEpochSecond();

    /** @param end where the table has been read to with these rows */
    LoadedChunk(TableId table, List<RowImage> rows, LoadBoundary end) {
        this.table = table;
        this.rows = rows;
        this.end = end;
        // What a later attempt reads behind the same row need not be the same.
        this.id = "load:" + table + ":" + (end.rows() - rows.size()) + ":" + UUID.randomUUID();
    }

    LoadBoundary end() {
        return end;
    }

    /** {@return the position at which the load stands with these rows} */
    Loading after(Loading before) {
        return new Loading(before.log(), end.table(), end.rows(), end.after());
    }

    /** Hands on the rows; what remains is to end their transaction at {@link #end}. */
    void handOn(String service, Capture capture) {
        MySqlTransaction transaction = new MySqlTransaction(capture.begin(id), id, table);
        if (!capture.isSkipped(id)) {
            SourceInfo source = new SourceInfo(service, null, 0, transaction, readAt, null);
            for (int i = 0; i < rows.size(); i++) {
                capture.record(new Record(Record.Kind.READ, null, rows.get(i), source, i));
            }
        }
    }
}
