// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row as a test read it from the server's binlog, and the two events that it came with. */
record LoggedRow(
        RowsEventType type,
        @Nullable MySqlRow before,
        @Nullable MySqlRow after,
        BinlogFile.Event map,
        BinlogFile.Event event) {

    MySqlRow image() {
        return after != null ? after : Objects.requireNonNull(before);
    }
}
