// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.util.Arrays;

/**
 * Which columns an event's row images hold: all of them, or with {@code binlog_row_image} MINIMAL or
 * NOBLOB some. Shared by all images of one kind in an event. Immutable.
 */
final class PresentColumns {

    /** How many of the table's columns are there; each has one bit in an image's null bitmap. */
    final int count;

    final boolean all;
    private final boolean[] present;

    private PresentColumns(boolean[] present, int count) {
        this.present = present;
        this.count = count;
        this.all = count == present.length;
    }

    static PresentColumns all(int columns) {
        boolean[] present = new boolean[columns];
        Arrays.fill(present, true);
        return new PresentColumns(present, columns);
    }

    /** Reads the bitmap of a rows event; {@return {@code full} itself if it has every column} */
    static PresentColumns read(EventReader body, PresentColumns full) {
        boolean[] present = body.bits(full.count);
        int count = 0;
        for (boolean one : present) {
            count += one ? 1 : 0;
        }
        return count == full.count ? full : new PresentColumns(present, count);
    }

    boolean has(int column) {
        return all || present[column];
    }

    int nullBytes() {
        return (count + 7) >>> 3;
    }
}
