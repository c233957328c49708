// SPDX-License-Identifier: Apache-2.0
/**
 * What statements in the binlog do and to which tables. After the connection has read a statement's
 * text, before it becomes an {@link io.millrace.core.Statement}.
 */
@NullMarked
package io.millrace.mysql.internal.statement;

import org.jspecify.annotations.NullMarked;
