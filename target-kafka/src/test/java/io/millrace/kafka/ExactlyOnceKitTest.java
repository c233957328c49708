// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import io.millrace.testkit.kit.TargetKit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The target keeps to what every target does, exactly once. */
@ExtendWith(KafkaExtension.class)
class ExactlyOnceKitTest extends TargetKit {

    private static final List<KafkaStorage> STORAGES = new ArrayList<>();

    private KafkaStorage storage;
    private String bootstrapServers;
    private boolean started;

    @BeforeEach
    void useBroker(KafkaBroker broker) {
        storage = new KafkaStorage(broker, true);
        STORAGES.add(storage);
        bootstrapServers = broker.bootstrapServers();
    }

    /** Not after each: a target may store its last checkpoint then, and is looked at. */
    @AfterAll
    static void closeStorages() {
        STORAGES.forEach(KafkaStorage::close);
    }

    @Override
    protected Target target(TargetOptions options) {
        started = true;
        return storage.target(options);
    }

    @Override
    protected List<String> stored() throws Exception {
        return storage.rows();
    }

    @Override
    protected List<String> appliedStatements() throws Exception {
        return storage.statements();
    }

    @Override
    protected boolean storesExactlyOnce() {
        return true;
    }

    /** Makes the producer useless and goes away without having stored anything; a start goes on after that. */
    @Override
    protected boolean breakStorage() {
        if (!started) {
            return false;
        }
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "kit.kit"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
        }
        return true;
    }
}
