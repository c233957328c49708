// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

/**
 * A place between two transactions of the log: the end of one, or a place that the source has read
 * past without finding any. What it adds to a position is between the source and its
 * {@link PositionTracker}. Immutable.
 */
public interface Boundary {}
