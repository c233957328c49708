// SPDX-License-Identifier: Apache-2.0
/**
 * Drains the same backlog with this library and with others, each in a JVM of its own, and prints what
 * it took: {@link io.millrace.benchmarks.Benchmark} is the program, one class per contestant.
 */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
