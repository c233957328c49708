// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.mysql.MySqlPosition.Place;

/** Where a dump can begin: at an offset of a file, or behind GTIDs of MariaDB. */
sealed interface DumpStart permits Place, DumpStart.Behind {

    /**
     * Behind the last transaction of each domain.
     *
     * @param gtids the transactions
     */
    record Behind(MariaDbGtids gtids) implements DumpStart {}
}
