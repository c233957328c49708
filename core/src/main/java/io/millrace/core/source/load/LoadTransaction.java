// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.TableId;
import io.millrace.core.source.Transaction;

/** Rows of a table that were there before: no transaction of the log, but delivered as if they were one. */
final class LoadTransaction extends Transaction {

    private final TableId table;

    LoadTransaction(long number, String id, TableId table) {
        super(number, id, null, 0);
        this.table = table;
    }

    /** {@return the table of which rows are loaded} */
    TableId table() {
        return table;
    }
}
