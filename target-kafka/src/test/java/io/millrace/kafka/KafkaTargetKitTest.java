// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import io.millrace.testkit.kit.TargetKit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The target keeps to what every target does, at least once. */
@ExtendWith(KafkaExtension.class)
class KafkaTargetKitTest extends TargetKit {

    private KafkaStorage storage;

    @BeforeEach
    void useBroker(KafkaBroker broker) {
        storage = new KafkaStorage(broker, false);
    }

    @AfterEach
    void closeStorage() {
        storage.close();
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
