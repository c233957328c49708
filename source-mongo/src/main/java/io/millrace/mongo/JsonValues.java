// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.format.JsonBuffer;
import io.millrace.mongo.internal.bson.BsonJson;
import io.millrace.mongo.internal.bson.MalformedBsonException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Shows BSON values to visitors as JSON. Any number of threads may use it; the one scratch space that it keeps is
 * lent to whoever comes first.
 */
final class JsonValues {

    /** A value larger than this takes its scratch with it. */
    private static final int KEPT_BYTES = 1 << 20;

    private record Scratch(BsonJson writer, JsonBuffer text) {}

    private final JsonForm form;
    private final AtomicReference<Scratch> scratch = new AtomicReference<>();

    JsonValues(JsonForm form) {
        this.form = form;
    }

    JsonForm form() {
        return form;
    }

    /**
     * @param event names the value in messages
     * @throws ChangeRejectedException if the value is damaged, or holds text that is no UTF-8
     */
    void show(int column, String name, int type, ChangeEvent event, int at, ColumnVisitor visitor) {
        Scratch lent = scratch.getAndSet(null);
        Scratch room = lent == null ? new Scratch(new BsonJson(form), new JsonBuffer()) : lent;
        JsonBuffer text = room.text();
        text.clear();
        try {
            room.writer().value(type, event.bytes(), at, event.bytes().length, text);
        } catch (MalformedBsonException e) {
            throw new ChangeRejectedException(null, name + " of " + event + ": " + e.getMessage(), e);
        }
        visitor.onJson(column, text.array(), 0, text.length());
        if (text.array().length <= KEPT_BYTES) {
            scratch.setRelease(room);
        }
    }
}
