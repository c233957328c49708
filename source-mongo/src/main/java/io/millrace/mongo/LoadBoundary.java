// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.source.Boundary;
import io.millrace.mongo.LoadPosition.LoadedTo;
import org.jspecify.annotations.Nullable;

/**
 * A place between documents that are loaded.
 *
 * @param to the place; null if all collections have been loaded
 */
record LoadBoundary(@Nullable LoadedTo to) implements Boundary {}
