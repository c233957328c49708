// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

/**
 * A date that no calendar has: {@code 0000-00-00}, one whose month or day is 0, or a day that its month
 * does not have, such as {@code 2023-02-29}. MySQL stores them for DATE and DATETIME, as its SQL mode
 * allows; a TIMESTAMP can only be {@code 0000-00-00 00:00:00}. Immutable.
 *
 * @param micros microseconds within the second
 */
public record ZeroDate(int year, int month, int day, int hour, int minute, int second, int micros) {

    /** {@return {@code yyyy-mm-dd hh:mm:ss.ffffff}, as MySQL writes it} */
    @Override
    public String toString() {
        return "%04d-%02d-%02d %02d:%02d:%02d.%06d".formatted(year, month, day, hour, minute, second, micros);
    }
}
