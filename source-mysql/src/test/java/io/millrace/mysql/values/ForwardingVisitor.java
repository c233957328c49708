// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.core.ColumnVisitor;

/** Hands everything on; subclasses change one thing. */
abstract class ForwardingVisitor implements ColumnVisitor {

    final ColumnVisitor to;

    ForwardingVisitor(ColumnVisitor to) {
        this.to = to;
    }

    @Override
    public void onNull(int column) {
        to.onNull(column);
    }

    @Override
    public void onAbsent(int column) {
        to.onAbsent(column);
    }

    @Override
    public void onBoolean(int column, boolean value) {
        to.onBoolean(column, value);
    }

    @Override
    public void onLong(int column, long value) {
        to.onLong(column, value);
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        to.onUnsignedLong(column, bits);
    }

    @Override
    public void onFloat(int column, float value) {
        to.onFloat(column, value);
    }

    @Override
    public void onDouble(int column, double value) {
        to.onDouble(column, value);
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        to.onDecimal(column, ascii, offset, length);
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        to.onUtf8(column, utf8, offset, length);
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        to.onBytes(column, bytes, offset, length);
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        to.onDate(column, year, month, day);
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        to.onDateTime(column, year, month, day, hour, minute, second, micros);
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        to.onTimestamp(column, epochSecond, micros);
    }

    @Override
    public void onTime(int column, long micros) {
        to.onTime(column, micros);
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        to.onJson(column, utf8, offset, length);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        to.onGeometry(column, srid, wkb, offset, length);
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        to.onVector(column, floats, offset, length);
    }
}
