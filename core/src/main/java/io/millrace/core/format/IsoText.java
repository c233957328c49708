// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

/** Dates and times as ISO 8601 and java.time write them, without quotes. */
final class IsoText {

    private IsoText() {}

    /** Writes an instant in UTC. */
    static void instant(JsonBuffer to, long epochSecond, int micros, int scale) {
        dateTime(to, epochSecond, 'T', micros, scale);
        to.raw('Z');
    }

    /** Writes date and time of the second since 1970 that a clock of some zone shows. */
    static void dateTime(JsonBuffer to, long localSecond, char separator, int micros, int scale) {
        int second = (int) Math.floorMod(localSecond, 86_400L);
        dateOfEpochDay(to, Math.floorDiv(localSecond, 86_400L));
        to.raw(separator);
        time(to, second / 3600, second / 60 % 60, second % 60, micros, scale);
    }

    static void date(JsonBuffer to, int year, int month, int day) {
        if (year >= 0 && year <= 9999) {
            to.padded(year, 4);
        } else {
            expandedYear(to, year);
        }
        to.raw('-');
        to.padded(month, 2);
        to.raw('-');
        to.padded(day, 2);
    }

    /** A year of other than four digits, as ISO 8601 and java.time write it: with its sign. */
    private static void expandedYear(JsonBuffer to, int year) {
        to.raw(year < 0 ? '-' : '+');
        int absolute = Math.abs(year);
        if (absolute <= 9999) {
            to.padded(absolute, 4);
        } else {
            to.number(absolute);
        }
    }

    static void time(JsonBuffer to, int hour, int minute, int second, int micros, int scale) {
        to.padded(hour, 2);
        to.raw(':');
        to.padded(minute, 2);
        to.raw(':');
        to.padded(second, 2);
        fraction(to, micros, scale);
    }

    /** Writes the first {@code digits} of six, behind a point; nothing if that is 0. */
    static void fraction(JsonBuffer to, int micros, int scale) {
        if (scale > 0) {
            int digits = micros;
            for (int i = scale; i < 6; i++) {
                digits /= 10;
            }
            to.raw('.');
            to.padded(digits, scale);
        }
    }

    /** Writes a span of hours, minutes and seconds with its sign, {@code -12:34:56.789}; hours have two digits or more. */
    static void span(JsonBuffer to, long micros, int scale) {
        if (micros < 0) {
            to.raw('-');
        }
        long absolute = Math.abs(micros);
        long seconds = absolute / 1_000_000;
        long hours = seconds / 3600;
        if (hours < 10) {
            to.raw('0');
        }
        to.number(hours);
        to.raw(':');
        to.padded((int) (seconds / 60 % 60), 2);
        to.raw(':');
        to.padded((int) (seconds % 60), 2);
        fraction(to, (int) (absolute % 1_000_000), scale);
    }

    /** Civil date of a day number, by Howard Hinnant's {@code civil_from_days}. */
    private static void dateOfEpochDay(JsonBuffer to, long epochDay) {
        long shifted = epochDay + 719_468;
        long era = Math.floorDiv(shifted, 146_097L);
        int dayOfEra = (int) (shifted - era * 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
        date(to, year, month, day);
    }
}
