// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as the server itself writes them, without quotes: {@code 2024-12-03 03:48:55.123}. Timestamps are shown
 * in one zone, as a session of the server has one. Immutable.
 */
final class SqlTime {

    private final ZoneId zone;
    private final ZoneRules rules;
    /** Set where the zone never changes, so that no instant has to be made for the question. */
    private final @Nullable ZoneOffset fixed;

    SqlTime(ZoneId zone) {
        this.zone = zone;
        this.rules = zone.getRules();
        this.fixed = rules.isFixedOffset() ? rules.getOffset(Instant.EPOCH) : null;
    }

    static void dateTime(
            JsonBuffer to, int year, int month, int day, int hour, int minute, int second, int micros, int scale) {
        IsoText.date(to, year, month, day);
        to.raw(' ');
        IsoText.time(to, hour, minute, second, micros, scale);
    }

    void timestamp(JsonBuffer to, long epochSecond, int micros, int scale) {
        ZoneOffset offset = fixed != null ? fixed : rules.getOffset(Instant.ofEpochSecond(epochSecond));
        IsoText.dateTime(to, epochSecond + offset.getTotalSeconds(), ' ', micros, scale);
    }

    /** {@return the zone} */
    @Override
    public String toString() {
        return zone.toString();
    }
}
