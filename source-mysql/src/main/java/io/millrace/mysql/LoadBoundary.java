// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.source.Boundary;
import io.millrace.mysql.MySqlPosition.LoadedTo;
import org.jspecify.annotations.Nullable;

/**
 * A place between rows of a table that are loaded.
 *
 * @param to the place; null if all tables have been loaded
 */
record LoadBoundary(@Nullable LoadedTo to) implements Boundary {}
