// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.source.Boundary;
import io.millrace.mysql.MySqlTransaction.Gtid;
import org.jspecify.annotations.Nullable;

/**
 * The end of a transaction, or of a file.
 *
 * @param gtid of the transaction that ends here; anonymous if none does, or it has none
 * @param prepared of the group that had prepared it, if it is an XA transaction; otherwise anonymous
 * @param file the binlog file
 * @param offset where the next event begins in it
 * @param readFrom see {@link MySqlPosition.File} and {@link MySqlPosition.MariaDb}
 * @param schema see {@link MySqlPosition.Gtids}
 */
record MySqlBoundary(
        Gtid gtid,
        Gtid prepared,
        String file,
        long offset,
        @Nullable DumpStart readFrom,
        @Nullable String schema) implements Boundary {}
