// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.component.DispatcherProvider;
import io.millrace.core.component.Settings;
import java.util.List;

/**
 * Names this target in files: {@code Kafka}, with the keys of {@link KafkaOptions.Builder} and
 * {@code bootstrap_servers}, and {@code KafkaDispatcher}, with {@code bootstrap_brokers} and
 * {@code compression_type} and the defaults of wasm-log-flex.
 */
public final class KafkaDispatchers implements DispatcherProvider {

    private static final String LOG_FLEX = "KafkaDispatcher";

    /** How wasm-log-flex writes the codecs that it has. */
    private enum Compression {
        NO_COMPRESSION("none"),
        GZIP("gzip"),
        SNAPPY("snappy"),
        LZ4("lz4"),
        ZSTD("zstd");

        private final String codec;

        Compression(String codec) {
            this.codec = codec;
        }
    }

    /** For {@link java.util.ServiceLoader}. */
    public KafkaDispatchers() {}

    @Override
    public List<String> types() {
        return List.of("Kafka", LOG_FLEX);
    }

    @Override
    public void defaults(Settings settings, TargetOptions.Builder target) {
        if (settings.get("exactly_once", Boolean.class, false)) {
            target.maxInFlight(KafkaOptions.EXACTLY_ONCE_IN_FLIGHT);
        }
    }

    @Override
    public Target dispatcher(Settings settings, TargetOptions target) {
        boolean isLogFlex = settings.type().equals(LOG_FLEX);
        String serversKey = isLogFlex ? "bootstrap_brokers" : "bootstrap_servers";
        settings.blame("bootstrapServers", serversKey);
        KafkaOptions.Builder builder = KafkaOptions.builder(String.join(",", settings.list(serversKey, String.class)))
                .target(target);
        if (isLogFlex) {
            builder.topic("wasm-log-flex")
                    .property(
                            "compression.type",
                            settings.get("compression_type", Compression.class, Compression.NO_COMPRESSION).codec);
        }
        return new KafkaTarget(settings.bind(builder).build());
    }
}
