// SPDX-License-Identifier: Apache-2.0
/**
 * Changes as bytes: {@link io.millrace.core.format.Format} is asked once per table, what it returns
 * once per record; {@link io.millrace.core.format.Template} names where they go. After delivery has
 * handed a batch to a target, before the target's client.
 *
 * <p>Each format is three classes or so, by whose name they begin: {@code MaxwellJson} is what users build,
 * {@code MaxwellTable} what is encoded once for a table, {@code MaxwellRow} what values look like. Below them all are
 * {@link io.millrace.core.format.JsonBuffer}, which holds the bytes, and {@code RowWriter}, which walks over a row. They
 * share one package because whatever they share would have to be public otherwise.
 */
@NullMarked
package io.millrace.core.format;

import org.jspecify.annotations.NullMarked;
