// SPDX-License-Identifier: Apache-2.0
/**
 * Delivers to Apache Kafka. After a lane has made a batch, before the broker: {@link
 * io.millrace.kafka.KafkaTarget} encodes each change, names its topic by a template and hands it to
 * a producer; the batch is acknowledged once all in-sync replicas have all of it.
 *
 * <p>What holds: the changes of a row are in one partition, in the source's order, through retries
 * and broker failures too. What was acknowledged is on all in-sync replicas. Delivery is at least
 * once, so that after a crash, or an error that ends the producer, what was not acknowledged comes
 * again; or exactly once, where records and checkpoint are stored in one Kafka transaction.
 * {@link io.millrace.kafka.KafkaCheckpointStore} keeps the checkpoints of any target in Kafka.
 *
 * <pre>{@code
 * Target kafka = new KafkaTarget(KafkaOptions.builder("broker1:9092,broker2:9092")
 *         .topic("shop.%{/table}")
 *         .build());
 * }</pre>
 */
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
