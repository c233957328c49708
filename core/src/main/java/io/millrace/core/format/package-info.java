// SPDX-License-Identifier: Apache-2.0
/**
 * Changes as bytes: {@link io.millrace.core.format.Format} is asked once per table, what it returns
 * once per record; {@link io.millrace.core.format.Template} names where they go. After delivery has
 * handed a batch to a target, before the target's client.
 */
@NullMarked
package io.millrace.core.format;

import org.jspecify.annotations.NullMarked;
