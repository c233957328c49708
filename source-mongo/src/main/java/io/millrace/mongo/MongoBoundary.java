// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.source.Boundary;

/**
 * A place between two events of a stream.
 *
 * @param token of the last event before it, or what the server gave for a place without one
 */
record MongoBoundary(ResumeToken token) implements Boundary {}
