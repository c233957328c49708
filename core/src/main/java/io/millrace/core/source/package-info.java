// SPDX-License-Identifier: Apache-2.0
/**
 * What a source implements: the log ({@link io.millrace.core.source.Source}), one connection to it
 * ({@link io.millrace.core.source.SourceReader}) and how far it was read
 * ({@link io.millrace.core.source.PositionTracker}). Users of the library need nothing from here.
 */
@NullMarked
package io.millrace.core.source;

import org.jspecify.annotations.NullMarked;
