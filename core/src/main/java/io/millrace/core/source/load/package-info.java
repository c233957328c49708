// SPDX-License-Identifier: Apache-2.0
/**
 * The load of what was in the tables before, as all sources do it: rows are read in chunks
 * ({@link io.millrace.core.source.load.ChunkReader}) and delivered as transactions of their own, and then the log is
 * read from where it was before the first of them ({@link io.millrace.core.source.load.LoadingThenLog}). What of it a
 * target has is part of its position ({@link io.millrace.core.source.load.LoadPosition}), which is all that users of the
 * library may want from here: to read checkpoints.
 */
@NullMarked
package io.millrace.core.source.load;

import org.jspecify.annotations.NullMarked;
