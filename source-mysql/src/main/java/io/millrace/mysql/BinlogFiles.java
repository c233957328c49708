// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

/**
 * The names of binlog files: a base name, a point, and a number that grows beyond six digits. The number begins
 * anew when the base name changes, so that files of different ones have no order.
 */
final class BinlogFiles {

    private BinlogFiles() {}

    /**
     * Orders by the files' numbers.
     *
     * @throws IllegalArgumentException if the names differ in more than the number
     */
    static int compare(String file, String other) {
        if (file.equals(other)) {
            return 0;
        }
        if (!haveSameBase(file, other)) {
            throw new IllegalArgumentException("which of the binlog files '" + file + "' and '" + other
                    + "' is the later one is not known: their base names differ");
        }
        return Long.compare(number(file), number(other));
    }

    static boolean haveSameBase(String file, String other) {
        int point = file.lastIndexOf('.');
        return point == other.lastIndexOf('.') && file.regionMatches(0, other, 0, point);
    }

    /**
     * {@return the file's number: names are ordered by it, not by their letters}
     *
     * @throws IllegalArgumentException if the name does not end in a number
     */
    static long number(String file) {
        int point = file.lastIndexOf('.');
        try {
            return Long.parseLong(file.substring(point + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + file + "' is not the name of a binlog file; it looks like binlog.000003", e);
        }
    }
}
