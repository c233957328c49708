// SPDX-License-Identifier: Apache-2.0
/**
 * What tables look like, for logs that do not say it: servers with {@code binlog_row_metadata=MINIMAL}. After
 * {@code io.millrace.mysql.internal.binlog}, which reads the statements that change it; before
 * {@code io.millrace.mysql.internal.row}, which asks for it where a table map does not name its columns.
 *
 * <p>{@link io.millrace.mysql.internal.schema.SchemaHistory} begins with what the server says of its tables, once
 * the log shows that nothing changed it meanwhile, and goes on with each statement that is understood completely.
 * What is not understood makes the tables that it may concern unknown; rows of such a table stop the stream.
 */
@NullMarked
package io.millrace.mysql.internal.schema;

import org.jspecify.annotations.NullMarked;
