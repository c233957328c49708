// SPDX-License-Identifier: Apache-2.0
/**
 * How sources, transforms, targets and checkpoint stores are named in a file instead of in code: a provider
 * of each kind, found by {@link java.util.ServiceLoader}, makes them out of
 * {@link io.millrace.core.component.Settings}. Users' own are named the same way as ours. The module
 * {@code pipeline} reads the files.
 */
@NullMarked
package io.millrace.core.component;

import org.jspecify.annotations.NullMarked;
