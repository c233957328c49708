// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import io.millrace.testkit.kit.TargetKit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The target keeps to what every target does, at least once. */
@ExtendWith(KafkaExtension.class)
class KafkaTargetKitTest extends TargetKit {

    private static final List<KafkaStorage> STORAGES = new ArrayList<>();

    private KafkaStorage storage;

    @BeforeEach
    void useBroker(KafkaBroker broker) {
        storage = new KafkaStorage(broker, false);
        STORAGES.add(storage);
    }

    /** Not after each: a target may store its last checkpoint then, and is looked at. */
    @AfterAll
    static void closeStorages() {
        STORAGES.forEach(KafkaStorage::close);
    }

    @Override
    protected Target target(TargetOptions options) {
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
}
