// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.ProcessorState;
import io.millrace.core.TargetOptions;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlPosition;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Writes to MySQL and reads from its mirror: what was written is there, if one waits for it. */
public final class ReadYourWrites {

    private static final int WRITES = 1_000;

    private ReadYourWrites() {}

    public static void main(String[] args) throws Exception {
        System.exit(run() ? 0 : 1);
    }

    /** {@return whether every write was read after a wait, and some were not without} */
    static boolean run() throws Exception {
        System.out.println("Starting two MySQL servers...");
        try (MySqlServer source = MySqlServer.start();
                MySqlServer mirror = MySqlServer.start()) {
            for (MySqlServer server : List.of(source, mirror)) {
                server.execute("CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY, amount INT)");
            }
            source.execute("INSERT INTO shop.orders VALUES (1, 0)");
            var target = new MirrorTarget(
                    TargetOptions.named("mirror"), ExactlyOnceJdbc.database(mirror.host(), mirror.port(), "shop"));
            try (var processor = new MySqlBinlogProcessor(ExactlyOnceJdbc.source(source), List.of(target));
                    Capture capture = Capture.start(processor);
                    Connection writing = tracked(source, "shop");
                    Connection reading = mirror.connect("shop")) {
                processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30));
                int stale = staleReads(processor, writing, reading, true);
                int staleWithout = staleReads(processor, writing, reading, false);
                capture.throwIfFailed();
                return stale == 0 && staleWithout > 0;
            }
        }
    }

    private static int staleReads(MySqlBinlogProcessor processor, Connection writing, Connection reading, boolean wait)
            throws Exception {
        int stale = 0;
        long began = System.nanoTime();
        try (PreparedStatement write = writing.prepareStatement("UPDATE orders SET amount = amount + 1 WHERE id = 1");
                PreparedStatement read = writing.prepareStatement("SELECT amount FROM orders WHERE id = 1");
                PreparedStatement mirrored = reading.prepareStatement("SELECT amount FROM orders WHERE id = 1")) {
            for (int i = 0; i < WRITES; i++) {
                write.executeUpdate();
                if (wait) {
                    awaitDelivered(processor, writing);
                }
                stale += amount(mirrored) == amount(read) ? 0 : 1;
            }
        }
        System.out.printf(
                "%s the wait: %d of %d reads were stale, %.2f ms from write to read%n",
                wait ? "with" : "without", stale, WRITES, (System.nanoTime() - began) / 1e6 / WRITES);
        return stale;
    }

    // tag::wait[]
    private static void awaitDelivered(MySqlBinlogProcessor processor, Connection writing) throws Exception {
        MySqlPosition written = OwnGtid.committedBy(writing);
        if (!processor.awaitDelivered(written, Duration.ofSeconds(30))) {
            throw new IllegalStateException("not delivered within 30 s: " + processor.stats());
        }
    }
    // end::wait[]

    private static int amount(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getInt(1) : -1;
        }
    }

    /** {@return a connection that is told the GTID of each of its commits} */
    static Connection tracked(MySqlServer server, String database) throws SQLException {
        return DriverManager.getConnection(
                server.jdbcUrl(database) + "&trackSessionState=true&sessionVariables=session_track_gtids=OWN_GTID",
                server.user(),
                server.password());
    }
}
