// SPDX-License-Identifier: Apache-2.0
/**
 * Main programs that show the library, one screen each: start with
 * {@link io.millrace.examples.Quickstart}; {@code examples/run} lists and runs them.
 */
@NullMarked
package io.millrace.examples;

import org.jspecify.annotations.NullMarked;
