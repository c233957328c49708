// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.TableSchema;

/**
 * Writes row images of one schema as JSON objects, column by column, from the event's bytes to the
 * output's. Absent columns are left out. The forms of values: numbers with their exact digits, text
 * and temporals as strings ({@code 2024-12-03T03:48:55.123456}, instants with {@code Z}), bytes as
 * base64, JSON embedded. Used by one thread at a time.
 */
public final class JsonRow extends RowWriter {

    public JsonRow(TableSchema schema) {
        super(schema);
    }

    @Override
    public void onBoolean(int column, boolean value) {
        name(column).bool(value);
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        JsonBuffer to = name(column);
        to.raw('"');
        IsoText.date(to, year, month, day);
        to.raw('T');
        IsoText.time(to, hour, minute, second, micros, scale(column));
        to.raw('"');
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        JsonBuffer to = name(column);
        to.raw('"');
        to.instant(epochSecond, micros, scale(column));
        to.raw('"');
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        JsonBuffer to = name(column);
        to.ascii("{\"srid\":");
        to.number(srid);
        to.ascii(",\"wkb\":");
        to.base64(wkb, offset, length);
        to.raw('}');
    }
}
