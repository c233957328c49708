// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.util.Locale;

/** The tables: the same columns under different keys. */
enum TortureTable {
    ITEMS("PRIMARY KEY (id)"),
    /** Two columns are the key; the first is made of the id. */
    PARTS("PRIMARY KEY (region, id)"),
    /** No key at all: Kafka gets the table as the key. */
    LOOSE("INDEX (id)"),
    /** A row for each writer, its version the number of the writer's transaction. */
    LEDGER("PRIMARY KEY (id)");

    static final String DATABASE = "torture";

    private final String key;

    TortureTable(String key) {
        this.key = key;
    }

    String ddl() {
        return "CREATE TABLE " + qualified() + " (region CHAR(2) NOT NULL, id BIGINT NOT NULL, version INT NOT NULL,"
                + " amount DECIMAL(12,2), note MEDIUMTEXT, raw VARBINARY(100), " + key + ")";
    }

    /** {@return the name in SQL, which is also the topic's} */
    String qualified() {
        return DATABASE + "." + name().toLowerCase(Locale.ROOT);
    }

    boolean isKeyed() {
        return this != LOOSE;
    }

    static TortureTable ofTopic(String topic) {
        return valueOf(topic.substring(DATABASE.length() + 1).toUpperCase(Locale.ROOT));
    }
}
