// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import org.jspecify.annotations.Nullable;

/**
 * The command line of {@link MongoToKafka}.
 *
 * @param mongo connection string of a replica set or a sharded cluster; null for a scripted one
 * @param kafka {@code host:port}; null for a broker of its own
 */
record MongoToKafkaArguments(
        @Nullable String mongo, @Nullable String kafka) {

    private static final String USAGE =
            "usage: mongo-to-kafka [--mongo mongodb://host:port/database?replicaSet=name] [--kafka host:port]";

    /** @throws IllegalArgumentException with the usage, if an argument is not understood */
    static MongoToKafkaArguments parse(String[] args) {
        String mongo = null;
        String kafka = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--mongo" -> mongo = value(args, ++i);
                case "--kafka" -> kafka = value(args, ++i);
                default -> throw new IllegalArgumentException("unknown argument " + args[i] + "; " + USAGE);
            }
        }
        return new MongoToKafkaArguments(mongo, kafka);
    }

    private static String value(String[] args, int index) {
        if (index == args.length) {
            throw new IllegalArgumentException(args[index - 1] + " needs a value; " + USAGE);
        }
        return args[index];
    }
}
