// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes well-known binary as well-known text (OGC 06-103r4): {@code POLYGON ((0 0, 1 0, 1 1, 0 0))}, whole numbers
 * without a point.
 */
final class WktText {

    private static final int POINT = 1;
    private static final int LINESTRING = 2;
    private static final int POLYGON = 3;
    private static final String[] NAMES = {
        "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"
    };

    private final ByteBuffer wkb;
    private final JsonBuffer out;

    private WktText(ByteBuffer wkb, JsonBuffer out) {
        this.wkb = wkb;
        this.out = out;
    }

    /** @throws IllegalArgumentException if the type is none that MySQL has */
    static void write(byte[] wkb, int offset, int length, JsonBuffer out) {
        new WktText(ByteBuffer.wrap(wkb, offset, length), out).geometry(true);
    }

    private void geometry(boolean named) {
        wkb.order(wkb.get() == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int type = wkb.getInt();
        if (type < 1 || type > NAMES.length) {
            throw new IllegalArgumentException("a geometry is of type " + type + ", which is not known");
        }
        if (named) {
            out.ascii(NAMES[type - 1]);
            out.raw(' ');
        }
        switch (type) {
            case POINT -> {
                out.raw('(');
                coordinates();
                out.raw(')');
            }
            case LINESTRING -> list(this::coordinates);
            case POLYGON -> list(() -> list(this::coordinates));
            default -> list(() -> geometry(type == NAMES.length));
        }
    }

    private void list(Runnable item) {
        int count = wkb.getInt();
        if (count == 0) {
            out.ascii("EMPTY");
            return;
        }
        for (int i = 0; i < count; i++) {
            out.ascii(i == 0 ? "(" : ", ");
            item.run();
        }
        out.raw(')');
    }

    private void coordinates() {
        number(wkb.getDouble());
        out.raw(' ');
        number(wkb.getDouble());
    }

    private void number(double value) {
        long whole = (long) value;
        if (whole == value && Math.abs(whole) < 1L << 53) {
            out.number(whole);
        } else {
            out.number(value);
        }
    }
}
