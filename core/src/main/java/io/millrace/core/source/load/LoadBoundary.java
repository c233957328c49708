// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.source.Boundary;
import org.jspecify.annotations.Nullable;

/**
 * A place between rows that are loaded.
 *
 * @param to the place; null if all tables have been loaded
 */
record LoadBoundary(@Nullable LoadedTo to) implements Boundary {}
