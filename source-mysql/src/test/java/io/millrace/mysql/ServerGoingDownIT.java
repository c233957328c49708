// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Findings;
import io.millrace.core.Position;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server answers while it shuts down and starts may be odd, but is no reason to give up. */
@Tag("long")
@Timeout(300)
class ServerGoingDownIT {

    private static final int ASKING = 6;
    private static final int RESTARTS = 6;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<String> odd = new ConcurrentLinkedQueue<>();

    /** Asks the server for something, and fails while it is down. */
    private interface Asking {
        void ask(MySqlSource source) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(MySqlRelease.class)
    void shouldBeAskedAgainLater(MySqlRelease release) throws Exception {
        try (MySqlServer server = MySqlServer.builder(release).durable().start()) {
            server.execute(
                    "CREATE DATABASE shop",
                    "CREATE TABLE shop.t (id INT PRIMARY KEY)",
                    "INSERT INTO shop.t VALUES (1)");
            MySqlOptions.Builder options = Captured.source(server, StartFrom.initialLoad())
                    .pipeline(Captured.pipeline("shop", new InMemoryCheckpointStore())
                            .build());
            Position gtids = MySqlPosition.gtids(server.executedGtids());
            StartFrom.File end = TestServers.end(server);
            Position file = MySqlPosition.file(TestServers.identity(server), end.file(), end.offset());
            Position load = source(options).firstPosition();
            List<Asking> all = List.of(
                    source -> source.connect(gtids).close(),
                    source -> source.connect(file).close(),
                    source -> source.connect(load).close(),
                    MySqlSource::firstPosition,
                    source -> check(source));
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < ASKING; i++) {
                Thread thread = new Thread(() -> askUntilOver(options, all), "asking");
                threads.add(thread);
                thread.start();
            }

            for (int i = 0; i < RESTARTS; i++) {
                server.restart();
                int before = answers.get();
                await().atMost(Duration.ofMinutes(1)).until(() -> answers.get() >= before + ASKING * all.size());
            }
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(odd).isEmpty();
        }
    }

    private static MySqlSource source(MySqlOptions.Builder options) {
        return new MySqlSource(options.build(), event -> List.of());
    }

    /** What 5.7 lacks it lacks at all times. */
    private void check(MySqlSource source) throws IOException {
        Findings findings = new Findings();
        source.check(findings);
        findings.all().stream()
                .filter(finding -> !finding.setting().equals("binlog_row_metadata"))
                .forEach(finding -> odd.add(finding.toString()));
    }

    private void askUntilOver(MySqlOptions.Builder options, List<Asking> all) {
        while (!over.get()) {
            for (Asking asking : all) {
                try (MySqlSource source = source(options)) {
                    asking.ask(source);
                    answers.incrementAndGet();
                } catch (IOException | TransientException e) {
                    // It is down.
                } catch (RuntimeException e) {
                    odd.add(e.toString());
                }
            }
        }
    }
}
