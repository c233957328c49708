// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The servers, each behind a proxy for the capturer and reached directly by everything else. */
final class Servers implements AutoCloseable {

    private final MySqlServer source;
    private final FaultyProxy sourceProxy;
    private final KafkaBroker broker;

    private Servers(MySqlServer source, FaultyProxy sourceProxy, KafkaBroker broker) {
        this.source = source;
        this.sourceProxy = sourceProxy;
        this.broker = broker;
    }

    /** Starts servers that keep what they have acknowledged when they are killed, and makes the tables. */
    static Servers start() throws IOException, SQLException {
        MySqlServer source = null;
        FaultyProxy proxy = null;
        KafkaBroker broker = null;
        try {
            source = MySqlServer.builder()
                    .durable()
                    .option("max-binlog-size", "8M")
                    .option("innodb-buffer-pool-size", "64M")
                    .start();
            proxy = FaultyProxy.before(source.host(), source.port());
            broker = KafkaBroker.builder().behindProxy().heapMegabytes(256).start();
            source.execute("CREATE DATABASE " + TortureTable.DATABASE);
            for (TortureTable table : TortureTable.values()) {
                source.execute(table.ddl());
            }
            return new Servers(source, proxy, broker);
        } catch (IOException | SQLException | RuntimeException e) {
            for (AutoCloseable started : new @Nullable AutoCloseable[] {broker, proxy, source}) {
                closeAfter(e, started);
            }
            throw e;
        }
    }

    private static void closeAfter(Exception failure, @Nullable AutoCloseable started) {
        if (started == null) {
            return;
        }
        try {
            started.close();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    MySqlServer source() {
        return source;
    }

    FaultyProxy sourceProxy() {
        return sourceProxy;
    }

    KafkaBroker broker() {
        return broker;
    }

    FaultyProxy brokerProxy() {
        return broker.proxy();
    }

    String binlogFile() throws SQLException {
        List<List<String>> files = source.query("SHOW BINARY LOGS");
        return files.get(files.size() - 1).get(0);
    }

    void keepLogs(Path directory) throws IOException {
        Files.copy(source.logFile(), directory.resolve("mysqld.log"));
        Files.copy(broker.logFile(), directory.resolve("broker.log"));
    }

    @Override
    public void close() {
        broker.close();
        sourceProxy.close();
        source.close();
    }
}
