// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's own producer, which sends ready-made records: what a target to Kafka could reach if reading and
 * encoding cost nothing. Only each record's id is written for it.
 */
final class ProducerContestant implements Contestant {

    @Override
    public void drain(Job job, Tally tally) throws Exception {
        ReadyMade ready = new ReadyMade();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (var producer = RivalProducer.connect(job.brokers())) {
            for (long id = 0; id < job.rows(); id++) {
                byte[] value = ready.value(id);
                byte[] key = ready.key(id);
                tally.json(value, 0, value.length);
                // The producer has copied both when this returns.
                var unused = producer.send(new ProducerRecord<>(job.topic(), key, value), (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
            }
            producer.flush();
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(failed);
        }
    }
}
