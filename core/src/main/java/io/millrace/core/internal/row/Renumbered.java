// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.row;

import io.millrace.core.ColumnVisitor;

/** Hands one column on under another index: it stands elsewhere in an edited row. */
record Renumbered(int index, ColumnVisitor to) implements ColumnVisitor {

    @Override
    public void onNull(int column) {
        to.onNull(index);
    }

    @Override
    public void onAbsent(int column) {
        to.onAbsent(index);
    }

    @Override
    public void onBoolean(int column, boolean value) {
        to.onBoolean(index, value);
    }

    @Override
    public void onLong(int column, long value) {
        to.onLong(index, value);
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        to.onUnsignedLong(index, bits);
    }

    @Override
    public void onFloat(int column, float value) {
        to.onFloat(index, value);
    }

    @Override
    public void onDouble(int column, double value) {
        to.onDouble(index, value);
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        to.onDecimal(index, ascii, offset, length);
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        to.onUtf8(index, utf8, offset, length);
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        to.onBytes(index, bytes, offset, length);
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        to.onDate(index, year, month, day);
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        to.onDateTime(index, year, month, day, hour, minute, second, micros);
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        to.onTimestamp(index, epochSecond, micros);
    }

    @Override
    public void onTime(int column, long micros) {
        to.onTime(index, micros);
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        to.onJson(index, utf8, offset, length);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        to.onGeometry(index, srid, wkb, offset, length);
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        to.onVector(index, floats, offset, length);
    }
}
