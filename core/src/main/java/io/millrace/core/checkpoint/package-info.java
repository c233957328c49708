// SPDX-License-Identifier: Apache-2.0
/**
 * What was acknowledged, made durable: {@link io.millrace.core.checkpoint.Checkpoint} and where it is
 * kept. After delivery; before the next start of the source.
 */
@NullMarked
package io.millrace.core.checkpoint;

import org.jspecify.annotations.NullMarked;
