// SPDX-License-Identifier: Apache-2.0
/**
 * The words of the library. A user imports {@link io.millrace.core.Record},
 * {@link io.millrace.core.Processor} and {@link io.millrace.core.Target} from here, and a source's
 * processor and a target from their modules.
 *
 * <p>The way of a record:
 *
 * <pre>
 * server log
 *    |   a source module              connection, dump, liveness; bytes to row images
 *    v   {@link io.millrace.core.Processor}   turns them into {@link io.millrace.core.Record}s and {@link io.millrace.core.Statement}s
 *    |   core.filter                  is this table wanted? this event? this column?
 *    v   core.internal.delivery       one lane per target: core.transform, batch, retry, acknowledge
 *    |   {@link io.millrace.core.Target}      bytes to Kafka, or wherever yours writes, by a core.format
 *    v   core.checkpoint              what was acknowledged, made durable: restart from here
 * </pre>
 *
 * <p>{@code core.source} is for those who write a source. Packages named {@code internal} are not
 * API and change without notice.
 */
@NullMarked
package io.millrace.core;

import org.jspecify.annotations.NullMarked;
