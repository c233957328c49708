// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/** Column types as table maps number them: MySQL's {@code field_types.h}, {@code enum_field_types}. */
final class TypeCode {

    static final int TINY = 1;
    static final int SHORT = 2;
    static final int LONG = 3;
    static final int FLOAT = 4;
    static final int DOUBLE = 5;
    /** Before 5.6. */
    static final int TIMESTAMP = 7;

    static final int LONGLONG = 8;
    static final int INT24 = 9;
    static final int DATE = 10;
    /** Before 5.6. */
    static final int TIME = 11;
    /** Before 5.6. */
    static final int DATETIME = 12;

    static final int YEAR = 13;
    static final int NEWDATE = 14;
    static final int VARCHAR = 15;
    static final int BIT = 16;
    static final int TIMESTAMP2 = 17;
    static final int DATETIME2 = 18;
    static final int TIME2 = 19;
    /** MariaDB's COMPRESSED columns. */
    static final int BLOB_COMPRESSED = 140;

    static final int VARCHAR_COMPRESSED = 141;
    static final int VECTOR = 242;
    static final int JSON = 245;
    static final int NEWDECIMAL = 246;
    static final int ENUM = 247;
    static final int SET = 248;
    static final int BLOB = 252;
    /** Only within JSON. */
    static final int VAR_STRING = 253;

    /** CHAR and BINARY; in a table map also ENUM and SET, which its metadata then names. */
    static final int STRING = 254;

    static final int GEOMETRY = 255;

    private TypeCode() {}

    /** {@return whether it is of a time or date in the form of servers before 5.6} */
    static boolean isOldTemporal(int code) {
        return code == TIMESTAMP || code == TIME || code == DATETIME;
    }

    static boolean isKnown(int code) {
        return switch (code) {
            case TINY, SHORT, LONG, LONGLONG, INT24, FLOAT, DOUBLE, NEWDECIMAL, BIT, YEAR -> true;
            case DATE, NEWDATE, TIME, DATETIME, TIMESTAMP, TIME2, DATETIME2, TIMESTAMP2 -> true;
            case VARCHAR, STRING, BLOB, ENUM, SET, JSON, GEOMETRY, VECTOR -> true;
            case VARCHAR_COMPRESSED, BLOB_COMPRESSED -> true;
            default -> false;
        };
    }
}
