// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

/** Events that no stream has read. */
public final class HandmadeEvent {

    private HandmadeEvent() {}

    public static BinlogEvent of(int type, byte[] body) {
        BinlogEvent event = new BinlogEvent();
        event.type = type;
        event.size = BinlogStream.HEADER + body.length;
        event.bytes = body;
        event.end = body.length;
        return event;
    }

    /** {@return an event without a body} */
    public static BinlogEvent at(int type, long size, long nextPosition) {
        BinlogEvent event = of(type, new byte[0]);
        event.size = size;
        event.nextPosition = nextPosition;
        return event;
    }
}
