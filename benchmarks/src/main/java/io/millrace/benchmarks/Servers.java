// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** A MySQL server with an empty database {@code bench}, and a broker where a contestant needs one. */
final class Servers implements AutoCloseable {

    private final MySqlServer mysql;
    private final @Nullable KafkaBroker broker;

    private Servers(MySqlServer mysql, @Nullable KafkaBroker broker) {
        this.mysql = mysql;
        this.broker = broker;
    }

    static Servers start(List<String> contestants) throws Exception {
        MySqlServer mysql = MySqlServer.builder()
                .option("innodb-buffer-pool-size", "256M")
                .option("innodb-redo-log-capacity", "512M")
                .start();
        try {
            mysql.execute("CREATE DATABASE bench");
            boolean kafka = contestants.stream().anyMatch(Contestants::needsKafka);
            return new Servers(
                    mysql, kafka ? KafkaBroker.builder().heapMegabytes(512).start() : null);
        } catch (Throwable t) {
            mysql.close();
            throw t;
        }
    }

    MySqlServer mysql() {
        return mysql;
    }

    /** {@return the address of the broker for that contestant; empty if it needs none} */
    String brokers(String contestant) {
        return broker == null || !Contestants.needsKafka(contestant) ? "" : broker.bootstrapServers();
    }

    /** {@return the end of the log} */
    Job.Start here() throws SQLException {
        List<String> place = mysql.query("SHOW MASTER STATUS").get(0);
        return new Job.Start(place.get(0), Long.parseLong(place.get(1)), mysql.executedGtids());
    }

    /** Deletes the topics whose names begin so, with what they take on disk. */
    void deleteTopics(String prefix) throws Exception {
        if (broker == null) {
            return;
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<String> names = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix))
                    .toList();
            admin.deleteTopics(names).all().get();
        }
    }

    @Override
    public void close() {
        try (mysql) {
            if (broker != null) {
                broker.close();
            }
        }
    }
}
