// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.Record;
import org.jspecify.annotations.Nullable;

/**
 * The events that carry rows: which images they hold, and how their bodies begin. Numbers as in
 * MySQL's {@code binlog_event.h}, {@code enum Log_event_type}; version 1 is what MariaDB and MySQL
 * before 5.6 write.
 */
public enum RowsEventType {
    WRITE_V1(23, Record.Kind.INSERT, false),
    UPDATE_V1(24, Record.Kind.UPDATE, false),
    DELETE_V1(25, Record.Kind.DELETE, false),
    WRITE(30, Record.Kind.INSERT, true),
    UPDATE(31, Record.Kind.UPDATE, true),
    DELETE(32, Record.Kind.DELETE, true),
    /** An update whose image after it may have JSON columns as differences. */
    PARTIAL_UPDATE(39, Record.Kind.UPDATE, true);

    /** Table number (6 bytes) and flags (2). */
    private static final int POST_HEADER = 8;

    private static final int LAST_OF_STATEMENT = 1;

    private final int code;
    private final Record.Kind kind;
    private final boolean extraData;

    RowsEventType(int code, Record.Kind kind, boolean extraData) {
        this.code = code;
        this.kind = kind;
        this.extraData = extraData;
    }

    /** {@return the type of that number in the event's header, or null if it carries no rows} */
    public static @Nullable RowsEventType of(int code) {
        return switch (code) {
            case 23 -> WRITE_V1;
            case 24 -> UPDATE_V1;
            case 25 -> DELETE_V1;
            case 30 -> WRITE;
            case 31 -> UPDATE;
            case 32 -> DELETE;
            case 39 -> PARTIAL_UPDATE;
            default -> null;
        };
    }

    public int code() {
        return code;
    }

    public Record.Kind kind() {
        return kind;
    }

    boolean hasBefore() {
        return kind != Record.Kind.INSERT;
    }

    boolean hasAfter() {
        return kind != Record.Kind.DELETE;
    }

    /** {@return the number of the table map that a rows event's body at {@code offset} refers to} */
    public static long tableNumber(byte[] event, int offset) {
        return Bytes.littleEndian(event, offset, 6);
    }

    /** {@return whether the rows event whose body is at {@code offset} is its statement's last} */
    public static boolean endsStatement(byte[] event, int offset) {
        return (event[offset + 6] & LAST_OF_STATEMENT) != 0;
    }

    /** Moves to the column count, which follows the post-header and what only replicas read. */
    void skipHeader(EventReader body) {
        body.skip(POST_HEADER);
        if (extraData) {
            int length = body.u16();
            if (length < 2) {
                throw new MalformedRowException("extra data of " + length + " bytes in a rows event");
            }
            body.skip(length - 2);
        }
    }
}
