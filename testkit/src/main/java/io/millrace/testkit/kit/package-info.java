// SPDX-License-Identifier: Apache-2.0
/**
 * Contracts as tests: extend a kit, say how to make what you have written, and every promise that the
 * library relies on is checked. For {@link io.millrace.core.Target}s and
 * {@link io.millrace.core.checkpoint.CheckpointStore}s.
 */
@NullMarked
package io.millrace.testkit.kit;

import org.jspecify.annotations.NullMarked;
