// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import org.jspecify.annotations.Nullable;

/**
 * The rows of one event, one after the other. A row's images are views of the event's bytes and stay
 * valid when the cursor moves on. Used by one thread; the images may go to others.
 */
public final class RowCursor {

    private final RowDecoder decoder;
    private final RowsEventType type;
    private final byte[] event;
    private final RowsBody body;

    RowCursor(RowDecoder decoder, RowsEventType type, byte[] event, int offset, int end) {
        this.decoder = decoder;
        this.type = type;
        this.event = event;
        this.body = new RowsBody(decoder.layout(), type, event, offset, end);
    }

    /**
     * Moves to the next row.
     *
     * @return false if there is none
     * @throws MalformedRowException if the row goes on behind the end of the event
     */
    public boolean next() {
        return body.next();
    }

    /** {@return the row as it was, or null for an event that writes rows} */
    public @Nullable MySqlRow before() {
        if (!type.hasBefore()) {
            return null;
        }
        int offset = body.beforeOffset();
        return new MySqlRow(decoder, event, offset, body.beforeEnd() - offset, body.before);
    }

    /**
     * {@return the row as it is now, or null for an event that deletes rows}
     *
     * @throws MalformedRowException if it is logged as a difference that cannot be applied
     */
    public @Nullable MySqlRow after() {
        if (!type.hasAfter()) {
            return null;
        }
        if (body.hasPartial()) {
            return new PartialImage(decoder, event, body).whole();
        }
        int offset = body.afterOffset();
        return new MySqlRow(decoder, event, offset, body.rowEnd() - offset, body.after);
    }
}
