// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.RetryOptions;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;

/** From MySQL into another MySQL, each change exactly once, over cut connections and restarts. */
public final class ExactlyOnceJdbc {

    private static final int RUNS = 3;
    private static final int TRANSACTIONS = 500;

    private ExactlyOnceJdbc() {}

    /** Mirrors the rows and counts the changes, in one transaction: a change that came twice would be counted twice. */
    static final class CountingMirror extends MirrorTarget {

        CountingMirror(DataSource database) {
            super(
                    TargetOptions.builder("mirror")
                            .retry(RetryOptions.builder()
                                    .initialBackoff(Duration.ofMillis(50))
                                    .build())
                            .build(),
                    database);
        }

        @Override
        protected void save(List<Record> records) throws SQLException {
            super.save(records);
            try (PreparedStatement sql = connection().prepareStatement("UPDATE counted SET changes = changes + ?")) {
                sql.setInt(1, records.size());
                sql.executeUpdate();
            }
        }
    }

    public static void main(String[] args) throws Exception {
        System.exit(run() ? 0 : 1);
    }

    /** {@return whether the mirror equals the source and each change was counted once} */
    static boolean run() throws Exception {
        System.out.println("Starting two MySQL servers...");
        try (MySqlServer source = MySqlServer.start();
                MySqlServer mirror = MySqlServer.start();
                FaultyProxy network = FaultyProxy.before(mirror.host(), mirror.port())) {
            for (MySqlServer server : List.of(source, mirror)) {
                server.execute(
                        "CREATE DATABASE shop",
                        "CREATE TABLE shop.orders (id INT PRIMARY KEY, amount DECIMAL(10,2), changed TIMESTAMP(6))");
            }
            mirror.execute(
                    "CREATE TABLE shop.counted (changes BIGINT NOT NULL)", "INSERT INTO shop.counted VALUES (0)");
            Random random = new Random(1);
            long written = 0;
            for (int run = 1; run <= RUNS; run++) {
                CountingMirror target = new CountingMirror(database(network.host(), network.port(), "shop"));
                try (var processor = new MySqlBinlogProcessor(source(source), List.of(target));
                        Capture capture = Capture.start(processor)) {
                    processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30));
                    for (int i = 0; i < TRANSACTIONS; i++) {
                        written += change(source, random);
                        if (i % 50 == 0) {
                            network.cutAfter(random.nextInt(2_000));
                        }
                    }
                    if (run == RUNS) {
                        processor.awaitDelivered(MySqlPosition.gtids(source.executedGtids()), Duration.ofSeconds(60));
                    }
                    capture.throwIfFailed();
                }
                System.out.printf(
                        "run %d ended: %d changes written so far, %s of them stored, %d connections to the mirror%n",
                        run, written, counted(mirror), network.connections());
            }
            return isEqual(source, mirror, written);
        }
    }

    private static long change(MySqlServer server, Random random) throws SQLException {
        try (Connection connection = server.connect("shop");
                java.sql.Statement sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            int id = random.nextInt(200);
            int changed = sql.executeUpdate("DELETE FROM orders WHERE id = " + id);
            changed +=
                    sql.executeUpdate("INSERT INTO orders VALUES (" + id + ", " + random.nextInt(9_999) + ", NOW(6))");
            changed += sql.executeUpdate("UPDATE orders SET amount = amount + 0.01 WHERE id < 5");
            connection.commit();
            return changed;
        }
    }

    private static boolean isEqual(MySqlServer source, MySqlServer mirror, long written) throws SQLException {
        var expected = source.query("CHECKSUM TABLE shop.orders");
        var found = mirror.query("CHECKSUM TABLE shop.orders");
        String counted = counted(mirror);
        System.out.printf("source %s, mirror %s; %d changes written, %s counted%n", expected, found, written, counted);
        return expected.equals(found) && counted.equals(Long.toString(written));
    }

    private static String counted(MySqlServer mirror) throws SQLException {
        return String.valueOf(
                mirror.query("SELECT changes FROM shop.counted").get(0).get(0));
    }

    static MySqlOptions source(MySqlServer server) {
        return MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .password(server.password())
                .startFrom(StartFrom.earliest())
                .pipeline(PipelineOptions.builder("mirror")
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include("shop", "orders")
                                .build())
                        .build())
                .build();
    }

    /** {@return where connections to the mirror come from; it writes a batch of rows as one statement} */
    static DataSource database(String host, int port, String name) {
        MysqlDataSource database = new MysqlDataSource();
        database.setUrl(
                "jdbc:mysql://" + host + ":" + port + "/" + name
                        + "?rewriteBatchedStatements=true&allowPublicKeyRetrieval=true&connectTimeout=5000&socketTimeout=30000");
        database.setUser("root");
        return database;
    }
}
