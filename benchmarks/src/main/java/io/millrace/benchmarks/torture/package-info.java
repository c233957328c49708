// SPDX-License-Identifier: Apache-2.0
/**
 * The torture test: random transactions on a real server, captured by a process of its own into a real
 * broker, while everything between them is killed, cut, paused and restarted. At the end every change
 * that was committed must have arrived, in its order, and the topics must tell what the tables hold.
 *
 * <p>{@link io.millrace.benchmarks.torture.TortureRun} is the order of events; {@code Writer} makes
 * changes and remembers them, {@code FaultInjector} breaks things, {@code Capturers} runs the process
 * under test, {@code TopicCheck} and {@code TableCheck} judge.
 */
@NullMarked
package io.millrace.benchmarks.torture;

import org.jspecify.annotations.NullMarked;
