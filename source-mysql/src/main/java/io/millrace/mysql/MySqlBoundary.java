// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.source.Boundary;
import io.millrace.mysql.MySqlTransaction.Gtid;

/**
 * The end of a transaction, or of a file.
 *
 * @param gtid of the transaction that ends here; anonymous if none does, or it has none
 * @param file the binlog file
 * @param offset where the next event begins in it
 */
record MySqlBoundary(Gtid gtid, String file, long offset) implements Boundary {}
