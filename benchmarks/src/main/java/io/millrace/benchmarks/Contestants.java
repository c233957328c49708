// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** All contestants by name: a new one is a class and a line here. */
final class Contestants {

    private static final Map<String, Supplier<Contestant>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("millrace-json", () -> new MillraceContestant(MillraceContestant.Output.JSON));
        ALL.put("millrace-json-tls", () -> new MillraceContestant(MillraceContestant.Output.JSON));
        ALL.put("millrace-kafka", () -> new MillraceContestant(MillraceContestant.Output.KAFKA));
        ALL.put("millrace-kafka-eos", () -> new MillraceContestant(MillraceContestant.Output.KAFKA_EXACTLY_ONCE));
        ALL.put("debezium-json", () -> new DebeziumContestant(false));
        ALL.put("debezium-kafka", () -> new DebeziumContestant(true));
        ALL.put("library-decode", () -> new LibraryContestant(true));
        ALL.put("library-bytes", () -> new LibraryContestant(false));
        ALL.put("producer", ProducerContestant::new);
        ALL.put("millrace-redis-list", () -> new MillraceContestant(MillraceContestant.Output.REDIS_LIST));
        ALL.put("millrace-redis-stream", () -> new MillraceContestant(MillraceContestant.Output.REDIS_STREAM));
        ALL.put("redis-list", () -> new RedisContestant(false));
        ALL.put("redis-stream", () -> new RedisContestant(true));
        ALL.put("millrace-mongo-json", MongoContestant::new);
        ALL.put("mongo-watch", () -> new WatchContestant(false));
        ALL.put("mongo-watch-raw", () -> new WatchContestant(true));
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
        return name.contains("-kafka") || name.equals("producer");
    }

    /** {@return whether the contestant delivers to Redis} */
    static boolean needsRedis(String name) {
        return name.contains("redis-");
    }

    /** {@return whether the contestant reads documents from MongoDB, and not rows from MySQL} */
    static boolean needsMongo(String name) {
        return name.contains("mongo-");
    }

    /** {@return whether it reads the log over an encrypted connection, whatever the others do} */
    static boolean needsTls(String name) {
        return name.endsWith("-tls");
    }

    /** {@return whether it drains the shorter part of a long backlog} */
    static boolean isSlow(String name) {
        return name.startsWith("debezium-");
    }

    /** {@return the contestants that this one is compared with} */
    static List<String> rivals(String name) {
        return switch (name) {
            case "millrace-json" -> List.of("debezium-json", "library-decode", "library-bytes");
            case "millrace-json-tls" -> List.of("millrace-json");
            case "millrace-kafka" -> List.of("debezium-kafka", "producer");
            case "millrace-kafka-eos" -> List.of("millrace-kafka", "producer");
            case "millrace-redis-list" -> List.of("redis-list");
            case "millrace-redis-stream" -> List.of("redis-stream");
            case "millrace-mongo-json" -> List.of("mongo-watch", "mongo-watch-raw");
            default -> List.of();
        };
    }
}
