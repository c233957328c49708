// SPDX-License-Identifier: Apache-2.0
/**
 * The connection to a server and the events of its binlog as bytes. After the server's log, before
 * {@code io.millrace.mysql.BinlogReader}, which makes transactions of events.
 */
@NullMarked
package io.millrace.mysql.internal.binlog;

import org.jspecify.annotations.NullMarked;
