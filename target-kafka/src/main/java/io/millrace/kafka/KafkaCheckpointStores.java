// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.component.CheckpointStoreProvider;
import io.millrace.core.component.Settings;
import java.util.List;

/**
 * Names the store in files: {@code Kafka}, with {@code bootstrap_servers} and those keys of {@link KafkaOptions.Builder}
 * that it reads.
 */
public final class KafkaCheckpointStores implements CheckpointStoreProvider {

    private static final String SERVERS = "bootstrap_servers";

    /** For {@link java.util.ServiceLoader}. */
    public KafkaCheckpointStores() {}

    @Override
    public List<String> types() {
        return List.of("Kafka");
    }

    @Override
    public CheckpointStore store(Settings settings) {
        settings.blame("bootstrapServers", SERVERS);
        String servers = String.join(",", settings.list(SERVERS, String.class));
        KafkaOptions.Builder options = settings.bindOnly(
                KafkaOptions.builder(servers),
                "checkpointTopic",
                "createTopics",
                "topicReplication",
                "connectTimeout",
                "property",
                "properties");
        return new KafkaCheckpointStore(options.build());
    }
}
