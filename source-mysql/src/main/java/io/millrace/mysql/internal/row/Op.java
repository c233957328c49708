// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/**
 * What to do with a column's bytes: one number per column, found once per table, so that the loop
 * over a row's values is one switch. Constants and not an enum, since the switch over an enum goes
 * through a table of its own.
 */
final class Op {

    static final int INT8 = 1;
    static final int UINT8 = 2;
    static final int INT16 = 3;
    static final int UINT16 = 4;
    static final int INT24 = 5;
    static final int UINT24 = 6;
    static final int INT32 = 7;
    static final int UINT32 = 8;
    static final int INT64 = 9;
    static final int UINT64 = 10;
    static final int FLOAT = 11;
    static final int DOUBLE = 12;
    static final int YEAR = 13;
    /** Argument: precision, and in the low byte the scale. */
    static final int DECIMAL = 14;

    static final int BOOLEAN = 15;
    static final int BITS = 16;
    static final int DATE = 17;
    /** Argument: digits of the seconds; so for the next two. */
    static final int DATETIME = 18;

    static final int TIMESTAMP = 19;
    static final int TIME = 20;
    static final int OLD_DATETIME = 21;
    static final int OLD_TIMESTAMP = 22;
    static final int OLD_TIME = 23;
    /** Text that is UTF-8 in the event. */
    static final int UTF8 = 24;
    /** Text in another charset; argument: 1 to drop trailing spaces. */
    static final int TEXT = 25;

    static final int BYTES = 26;
    /** Argument: the length to which the value is filled with zeros. */
    static final int PADDED_BYTES = 27;

    static final int ENUM = 28;
    static final int SET = 29;
    static final int JSON = 30;
    static final int GEOMETRY = 31;
    static final int VECTOR = 32;
    /** Text or bytes. */
    static final int COMPRESSED = 33;
    /** Argument: digits of the seconds. */
    static final int TIMESTAMP_OF_MARIADB = 34;

    private Op() {}
}
