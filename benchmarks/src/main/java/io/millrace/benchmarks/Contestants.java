// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** All contestants by name: a new one is a class and a line here. */
final class Contestants {

    private static final Map<String, Supplier<Contestant>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("millrace-json", () -> new MillraceContestant(MillraceContestant.Output.JSON));
        ALL.put("millrace-kafka", () -> new MillraceContestant(MillraceContestant.Output.KAFKA));
        ALL.put("millrace-kafka-eos", () -> new MillraceContestant(MillraceContestant.Output.KAFKA_EXACTLY_ONCE));
        ALL.put("debezium-json", () -> new DebeziumContestant(false));
        ALL.put("debezium-kafka", () -> new DebeziumContestant(true));
        ALL.put("library-decode", LibraryContestant::new);
    }

    private Contestants() {}

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    static Contestant make(String name) {
        return Objects.requireNonNull(ALL.get(name), name).get();
    }

    static String names() {
        return String.join(",", ALL.keySet());
    }

    /** {@return whether the contestant delivers to Kafka} */
    static boolean needsKafka(String name) {
        return name.contains("-kafka");
    }

    /** {@return the contestant that this one is compared with} */
    static String rival(String name) {
        if (name.equals("millrace-kafka-eos")) {
            return "millrace-kafka";
        }
        return needsKafka(name) ? "debezium-kafka" : "debezium-json";
    }
}
