// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.core.RetryOptions;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import java.time.Duration;

/** The target under test: the only place that knows how a {@link Mode} is switched on. */
final class CapturerTargets {

    static final int BATCH_SIZE = 200;
    static final int MAX_IN_FLIGHT = 8;

    /** Short waits, so that a fault of seconds is met by several attempts. */
    static final RetryOptions RETRY = RetryOptions.builder()
            .initialBackoff(Duration.ofMillis(50))
            .maxBackoff(Duration.ofSeconds(1))
            .build();

    private CapturerTargets() {}

    static Target make(CapturerSettings settings) {
        KafkaOptions.Builder kafka = KafkaOptions.builder(settings.brokers())
                .target(TargetOptions.builder(settings.target())
                        .batchSize(BATCH_SIZE)
                        .maxInFlight(MAX_IN_FLIGHT)
                        .retry(RETRY)
                        .build())
                .exactlyOnce(settings.mode() == Mode.EXACTLY_ONCE)
                .topicPartitions(3)
                .connectTimeout(Duration.ofSeconds(3))
                .property("request.timeout.ms", "3000")
                .property("reconnect.backoff.max.ms", "500");
        if (settings.sabotage() == Sabotage.CHECKPOINT_BEFORE_ACK) {
            kafka.property("interceptor.classes", HastyInterceptor.class.getName());
        }
        return new KafkaTarget(kafka.build());
    }
}
