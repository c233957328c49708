// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes of table map and rows events as schemas and row images. After
 * {@code io.millrace.mysql.internal.binlog}, which reads whole events from the server; before the
 * records that it makes of the images.
 *
 * <p>A {@link io.millrace.mysql.internal.row.TableMap} is parsed once per shape of a table, into a
 * {@link io.millrace.mysql.internal.row.RowDecoder} with one opcode per column. A
 * {@link io.millrace.mysql.internal.row.RowCursor} only measures the rows of an event; each image is
 * a view of the event's bytes that decodes a value when a visitor asks for it.
 */
@NullMarked
package io.millrace.mysql.internal.row;

import org.jspecify.annotations.NullMarked;
