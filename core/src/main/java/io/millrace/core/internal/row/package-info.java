// SPDX-License-Identifier: Apache-2.0
/**
 * What stands behind {@link io.millrace.core.RowImage}: objects made of a column, and rows that were
 * edited. After the source's decoder, before formats.
 */
@NullMarked
package io.millrace.core.internal.row;

import org.jspecify.annotations.NullMarked;
