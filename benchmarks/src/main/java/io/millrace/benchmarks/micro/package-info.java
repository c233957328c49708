// SPDX-License-Identifier: Apache-2.0
/**
 * JMH benchmarks of single steps on a record's way, without servers: {@code benchmarks/micro} runs them. The rows are
 * those that {@link io.millrace.benchmarks.micro.Shape} has read from a real server's log.
 */
@NullMarked
package io.millrace.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
