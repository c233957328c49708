// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/** Who wrote a table map: the two count a table's columns of text differently. */
public enum ServerFamily {
    /** MySQL and Percona Server. */
    MYSQL,
    MARIADB
}
