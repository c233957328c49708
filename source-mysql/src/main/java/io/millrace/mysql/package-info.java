// SPDX-License-Identifier: Apache-2.0
/**
 * Captures row changes from the binlog of MySQL. Construct or extend
 * {@link io.millrace.mysql.MySqlBinlogProcessor}; its options are
 * {@link io.millrace.mysql.MySqlOptions}.
 *
 * <p>Within: {@code internal.binlog} holds the connection and makes transactions of events,
 * {@code internal.row} makes row images of their bytes, {@code internal.statement} reads SQL text.
 */
@NullMarked
package io.millrace.mysql;

import org.jspecify.annotations.NullMarked;
