// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

/** The names of binlog files: a base name, a point, and a number that grows beyond six digits. */
final class BinlogFiles {

    private BinlogFiles() {}

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
