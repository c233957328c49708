// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.ColumnVisitor;

/**
 * Dates and times, shown as they were written: zero and partial dates, negative times, fractions.
 * The server checked them when they came in, so nothing is checked here.
 *
 * <p>Source: MySQL's {@code my_time.cc} (my_datetime_packed_from_binary, my_time_packed_from_binary,
 * my_timestamp_from_binary) and, for the forms before 5.6, {@code field.cc}.
 */
final class Temporals {

    /** The bias that makes the unsigned order of a DATETIME's five bytes that of its values. */
    private static final long DATETIME_BIAS = 0x80_0000_0000L;

    private static final long SECOND = 1_000_000;

    private Temporals() {}

    /** Three bytes: 15 bits of year, four of month, five of day. */
    static void date(int column, byte[] event, int at, ColumnVisitor visitor) {
        int bits = Bytes.u24(event, at);
        visitor.onDate(column, bits >>> 9, bits >>> 5 & 15, bits & 31);
    }

    /** Five bytes: year * 13 + month in 17 bits, day in 5, hour in 5, minute and second in 6 each. */
    static void dateTime(int column, byte[] event, int at, int digits, ColumnVisitor visitor) {
        long bits = Bytes.bigEndian(event, at, 5) - DATETIME_BIAS;
        int micros = micros(event, at + 5, digits);
        int yearMonth = (int) (bits >>> 22) & 0x1ffff;
        int low = (int) bits;
        visitor.onDateTime(
                column,
                yearMonth / 13,
                yearMonth % 13,
                low >>> 17 & 31,
                low >>> 12 & 31,
                low >>> 6 & 63,
                low & 63,
                micros);
    }

    /** Four bytes of seconds, unsigned as MariaDB 11.5 reads them; 0 is the zero date. */
    static void timestamp(int column, byte[] event, int at, int digits, ColumnVisitor visitor) {
        long seconds = Bytes.bigEndian(event, at, 4);
        if (seconds == 0) {
            visitor.onDateTime(column, 0, 0, 0, 0, 0, 0, 0);
        } else {
            visitor.onTimestamp(column, seconds, micros(event, at + 4, digits));
        }
    }

    /** The same, but that only the zero date has no fraction: half a second after the epoch is a timestamp. */
    static void timestampOfMariaDb(int column, byte[] event, int at, int digits, ColumnVisitor visitor) {
        long seconds = Bytes.bigEndian(event, at, 4);
        int micros = micros(event, at + 4, digits);
        if (seconds == 0 && micros == 0) {
            visitor.onDateTime(column, 0, 0, 0, 0, 0, 0, 0);
        } else {
            visitor.onTimestamp(column, seconds, micros);
        }
    }

    /**
     * Three bytes and the fraction as one biased number: hours in 10 bits, minutes and seconds in 6
     * each, then the fraction. Of a negative time the whole is negated, so that a fraction borrows
     * from the seconds.
     */
    static void time(int column, byte[] event, int at, int digits, ColumnVisitor visitor) {
        int fractionBytes = (digits + 1) / 2;
        long bias = 1L << (8 * (3 + fractionBytes) - 1);
        long packed = Bytes.bigEndian(event, at, 3 + fractionBytes) - bias;
        long absolute = Math.abs(packed);
        int fraction = (int) (absolute & ((1L << 8 * fractionBytes) - 1));
        int clock = (int) (absolute >>> 8 * fractionBytes);
        long seconds = (clock >>> 12 & 0x3ff) * 3600L + (clock >>> 6 & 63) * 60L + (clock & 63);
        long micros = seconds * SECOND + fraction * unit(fractionBytes);
        visitor.onTime(column, packed < 0 ? -micros : micros);
    }

    private static int micros(byte[] event, int at, int digits) {
        return switch (digits) {
            case 0 -> 0;
            case 1, 2 -> (event[at] & 0xff) * 10_000;
            case 3, 4 -> (int) Bytes.bigEndian(event, at, 2) * 100;
            default -> (int) Bytes.bigEndian(event, at, 3);
        };
    }

    /** {@return what a fraction of so many bytes counts, in microseconds} */
    private static long unit(int fractionBytes) {
        return fractionBytes == 1 ? 10_000 : fractionBytes == 2 ? 100 : 1;
    }

    /** Eight bytes: the decimal number YYYYMMDDhhmmss. */
    static void oldDateTime(int column, byte[] event, int at, ColumnVisitor visitor) {
        long number = Bytes.s64(event, at);
        int date = (int) (number / 1_000_000);
        int time = (int) (number % 1_000_000);
        visitor.onDateTime(
                column, date / 10_000, date / 100 % 100, date % 100, time / 10_000, time / 100 % 100, time % 100, 0);
    }

    static void oldTimestamp(int column, byte[] event, int at, ColumnVisitor visitor) {
        long seconds = Bytes.u32(event, at);
        if (seconds == 0) {
            visitor.onDateTime(column, 0, 0, 0, 0, 0, 0, 0);
        } else {
            visitor.onTimestamp(column, seconds, 0);
        }
    }

    /** Three bytes: the signed decimal number hhmmss. */
    static void oldTime(int column, byte[] event, int at, ColumnVisitor visitor) {
        int number = Bytes.s24(event, at);
        int absolute = Math.abs(number);
        long seconds = absolute / 10_000 * 3600L + absolute / 100 % 100 * 60L + absolute % 100;
        visitor.onTime(column, (number < 0 ? -seconds : seconds) * SECOND);
    }
}
