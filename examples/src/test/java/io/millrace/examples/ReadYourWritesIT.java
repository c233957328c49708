// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** An application writes to the source, waits, and reads from a mirror that is slow now and then. */
@ExtendWith(MySqlExtension.class)
class ReadYourWritesIT {

    private static final int THREADS = 8;

    private MySqlServer server;
    private String source;
    private String mirror;
    private String start;

    @BeforeEach
    void makeTables(MySqlServer shared) throws Exception {
        server = shared;
        source = server.createDatabase();
        mirror = server.createDatabase();
        for (String database : List.of(source, mirror)) {
            server.executeIn(database, "CREATE TABLE orders (id INT PRIMARY KEY, v INT NOT NULL)");
        }
        start = server.executedGtids();
        for (int id = 0; id < THREADS; id++) {
            server.execute("INSERT INTO " + source + ".orders VALUES (" + id + ", 0)");
        }
    }

    /** A mirror that takes up to 20 ms longer for some of its batches. */
    private static final class SlowMirror extends MirrorTarget {

        private final Random random = new Random(1);

        SlowMirror(DataSource database) {
            super(TargetOptions.named("mirror"), database);
        }

        @Override
        protected void save(List<Record> records) throws SQLException {
            super.save(records);
            if (random.nextInt(20) == 0) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(20_000)));
            }
        }
    }

    @Test
    @Timeout(120)
    void shouldReadWhatItWroteFromASlowMirror() throws Exception {
        assertThat(staleReads(2_000, true)).isZero();
    }

    @Test
    @Timeout(120)
    void shouldReadSomethingOlderWithoutTheWait() throws Exception {
        assertThat(staleReads(2_000, false)).isPositive();
    }

    @Test
    @Tag("long")
    @Timeout(1_200)
    void shouldReadWhatItWroteAHundredThousandTimes() throws Exception {
        assertThat(staleReads(100_000, true)).isZero();
    }

    private int staleReads(int writes, boolean wait) throws Exception {
        var database = UnloggedDatabase.of(server.host(), server.port(), mirror);
        ExecutorService application = Executors.newFixedThreadPool(THREADS);
        try (var processor = new MySqlBinlogProcessor(options(), List.of(new SlowMirror(database)));
                Capture capture = Capture.start(processor)) {
            assertThat(processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30)))
                    .isTrue();
            long began = System.nanoTime();
            List<Future<Integer>> counts = new ArrayList<>();
            for (int id = 0; id < THREADS; id++) {
                int row = id;
                Callable<Integer> writer = () -> staleReads(processor, row, writes / THREADS, wait);
                counts.add(application.submit(writer));
            }
            int stale = 0;
            for (Future<Integer> count : counts) {
                stale += count.get();
            }
            capture.throwIfFailed();
            System.out.printf(
                    "%d writes %s the wait: %d stale reads, %.0f writes and reads per second%n",
                    writes, wait ? "with" : "without", stale, writes * 1e9 / (System.nanoTime() - began));
            return stale;
        } finally {
            application.shutdownNow();
        }
    }

    private int staleReads(MySqlBinlogProcessor processor, int id, int writes, boolean wait) throws Exception {
        int stale = 0;
        try (Connection writing = ReadYourWrites.tracked(server, source);
                Connection reading = server.connect(mirror);
                PreparedStatement write = writing.prepareStatement("UPDATE orders SET v = ? WHERE id = " + id);
                PreparedStatement read = reading.prepareStatement("SELECT v FROM orders WHERE id = " + id)) {
            for (int v = 1; v <= writes; v++) {
                write.setInt(1, v);
                write.executeUpdate();
                if (wait && !processor.awaitDelivered(OwnGtid.committedBy(writing), Duration.ofSeconds(30))) {
                    throw new AssertionError("not delivered: " + processor.stats());
                }
                try (ResultSet row = read.executeQuery()) {
                    stale += row.next() && row.getInt(1) == v ? 0 : 1;
                }
            }
        }
        return stale;
    }

    private MySqlOptions options() {
        return MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .startFrom(StartFrom.gtids(start))
                .pipeline(PipelineOptions.builder("read-your-writes")
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(source, "*")
                                .build())
                        .build())
                .build();
    }
}
