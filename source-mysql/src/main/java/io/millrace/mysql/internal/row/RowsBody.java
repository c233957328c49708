// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import org.jspecify.annotations.Nullable;

/**
 * Walks over the rows of one event and says where their images lie. Used by one thread.
 *
 * <p>Source: MySQL's {@code rows_event.h} (Rows_event) and {@code log_event.cc}
 * (Rows_log_event::do_apply_event).
 */
final class RowsBody {

    private static final int PARTIAL_JSON = 1;

    final PresentColumns before;
    final PresentColumns after;

    private final RowLayout layout;
    private final RowsEventType type;
    private final byte[] event;
    private final int end;
    private int at;
    private boolean begun;

    private int beforeOffset;
    private int beforeEnd;
    private int afterOffset;
    /** For each column whether the row has it as a difference; null if it has none so. */
    private boolean @Nullable [] partial;

    RowsBody(RowLayout layout, RowsEventType type, byte[] event, int offset, int end) {
        this.layout = layout;
        this.type = type;
        this.event = event;
        this.end = end;
        EventReader body = new EventReader(event, offset, end);
        type.skipHeader(body);
        int columns = body.packed();
        if (columns != layout.columns()) {
            throw new MalformedRowException("a rows event has " + columns + " columns, but the table map of "
                    + layout.table() + " has " + layout.columns());
        }
        PresentColumns first = PresentColumns.read(body, layout.full());
        boolean both = type.hasBefore() && type.hasAfter();
        this.before = first;
        this.after = both ? PresentColumns.read(body, layout.full()) : first;
        this.at = body.position();
    }

    /** Moves to the next row, if there is one. */
    boolean next() {
        if (at == end && (begun || !mayBeEmpty())) {
            return false;
        }
        begun = true;
        beforeOffset = at;
        if (type.hasBefore()) {
            at = layout.endOfImage(event, at, end, before);
        }
        beforeEnd = at;
        if (type == RowsEventType.PARTIAL_UPDATE) {
            readOptions();
        }
        afterOffset = at;
        if (type.hasAfter()) {
            at = layout.endOfImage(event, at, end, after);
        }
        if (at == beforeOffset && at != end) {
            throw new MalformedRowException((end - at) + " bytes follow the only row of " + layout.table()
                    + " in its event, which has no columns");
        }
        return true;
    }

    /**
     * Which JSON columns are differences stands before the image: options, of which the lowest bit says that
     * some are, and then a bit for each JSON column of the table.
     */
    private void readOptions() {
        EventReader in = new EventReader(event, at, end);
        int options = in.packed();
        if ((options & ~PARTIAL_JSON) != 0) {
            throw new MalformedRowException(
                    "a row of " + layout.table() + " has options that are not known: " + options);
        }
        partial = (options & PARTIAL_JSON) == 0 ? null : layout.spreadOverJson(in);
        at = in.position();
    }

    boolean hasPartial() {
        return partial != null;
    }

    /** {@return whether the image after the update has the column as a difference} */
    boolean isPartial(int column) {
        return partial != null && partial[column];
    }

    /** A row of which no column is logged takes no bytes; the server applies such an event as one row. */
    private boolean mayBeEmpty() {
        return (!type.hasBefore() || before.count == 0) && (!type.hasAfter() || after.count == 0);
    }

    int beforeOffset() {
        return beforeOffset;
    }

    int afterOffset() {
        return afterOffset;
    }

    /** {@return where the first image ends} */
    int beforeEnd() {
        return beforeEnd;
    }

    /** {@return the end of the row's last image} */
    int rowEnd() {
        return at;
    }
}
