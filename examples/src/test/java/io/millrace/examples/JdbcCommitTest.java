// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.FencedException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.Record;
import io.millrace.core.RetryOptions;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.ScriptedSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of a batch whose commit fails, and of an instance that was replaced. */
@ExtendWith(MySqlExtension.class)
@Timeout(120)
class JdbcCommitTest {

    private static final TableSchema ORDERS = new TableSchema(
            new TableId("kit", "orders"),
            List.of(Column.of("id", ColumnType.LONG), Column.of("text", ColumnType.STRING)),
            List.of("id"));

    private final ScriptedSource log = new ScriptedSource();
    private MySqlServer server;
    private FaultyProxy proxy;
    private String database;
    private int written;

    @BeforeEach
    void makeStorage(MySqlServer shared) throws Exception {
        server = shared;
        database = server.createDatabase();
        proxy = FaultyProxy.before(server.host(), server.port());
        server.executeIn(
                database, AuditedMirror.TABLE, "CREATE TABLE orders (id BIGINT PRIMARY KEY, text VARCHAR(100))");
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    /** A mirror that can be disturbed before it commits. */
    private static class Disturbed extends AuditedMirror {

        private volatile Runnable beforeCommit = () -> {};

        Disturbed(DataSource database) {
            super(
                    TargetOptions.builder("mirror")
                            .retry(RetryOptions.builder()
                                    .initialBackoff(Duration.ofMillis(5))
                                    .build())
                            .build(),
                    database);
        }

        void onceBeforeCommit(Runnable act) {
            beforeCommit = act;
        }

        @Override
        protected void save(List<Record> records) throws SQLException {
            super.save(records);
            Runnable act = beforeCommit;
            beforeCommit = () -> {};
            act.run();
        }
    }

    @Test
    void shouldStoreABatchOnceWhenTheAnswerToItsCommitIsLost() throws Exception {
        assertStoredOnceAfter(() -> proxy.cutAfter(0));
    }

    @Test
    void shouldStoreABatchOnceWhenItsCommitDoesNotReachTheDatabase() throws Exception {
        assertStoredOnceAfter(() -> proxy.cutAll());
    }

    @Test
    void shouldStartThoughItsFirstConnectionIsLostAtOnce() throws Exception {
        Disturbed target = new Disturbed(through(proxy)) {
            private boolean opened;

            @Override
            protected void open() throws SQLException {
                super.open();
                if (!opened) {
                    opened = true;
                    proxy.cutAll();
                }
            }
        };
        try (Processor processor = processor(target);
                Capture capture = Capture.start(processor)) {
            write();
            awaitDelivered(processor, capture);
        }
        assertStoredOnce();
    }

    private void assertStoredOnceAfter(Runnable disturbance) throws Exception {
        Disturbed target = new Disturbed(through(proxy));
        try (Processor processor = processor(target);
                Capture capture = Capture.start(processor)) {
            write();
            awaitDelivered(processor, capture);
            for (int i = 0; i < 20; i++) {
                target.onceBeforeCommit(disturbance);
                write();
                awaitDelivered(processor, capture);
            }
            assertThat(processor.stats().targets().get(0).retries()).isGreaterThanOrEqualTo(20);
        }
        assertStoredOnce();
    }

    @Test
    void shouldStopAnInstanceThatWasReplaced() throws Exception {
        try (Processor first = processor(new Disturbed(through(proxy)));
                Capture ofFirst = Capture.start(first)) {
            write();
            awaitDelivered(first, ofFirst);
            try (Processor second = processor(new Disturbed(through(proxy)));
                    Capture ofSecond = Capture.start(second)) {
                write();
                awaitDelivered(second, ofSecond);
                write();
                awaitDelivered(second, ofSecond);

                await().until(() -> first.status().state().isFinal());
                assertThat(failureOf(ofFirst)).isInstanceOf(FencedException.class);
            }
        }
        assertStoredOnce();
    }

    @Test
    void shouldLetOneGoOnOfTwoThatStartTogether() throws Exception {
        write();
        for (int i = 0; i < 10; i++) {
            try (Processor one = processor(new Disturbed(through(proxy)));
                    Processor other = processor(new Disturbed(through(proxy)));
                    Capture ofOne = Capture.start(one);
                    Capture ofOther = Capture.start(other)) {
                await().until(() -> {
                    write();
                    return one.status().state().isFinal()
                            || other.status().state().isFinal();
                });
                boolean oneLost = one.status().state().isFinal();
                awaitDelivered(oneLost ? other : one, oneLost ? ofOther : ofOne);
                write();
                awaitDelivered(oneLost ? other : one, oneLost ? ofOther : ofOne);

                assertThat(failureOf(oneLost ? ofOne : ofOther)).isInstanceOf(FencedException.class);
            }
        }
        assertStoredOnce();
    }

    private static Throwable failureOf(Capture capture) throws InterruptedException {
        try {
            capture.throwIfFailed();
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("it goes on");
    }

    private void write() {
        log.transaction(tx -> {
            for (int i = 0; i < 3; i++) {
                tx.insert(RowImage.of(ORDERS, Map.of("id", (long) ++written, "text", "text")));
            }
        });
    }

    private void awaitDelivered(Processor processor, Capture capture) throws Exception {
        boolean delivered = processor.awaitDelivered(log.end(), Duration.ofSeconds(30));
        capture.throwIfFailed();
        assertThat(delivered).as(() -> processor.stats().toString()).isTrue();
    }

    private void assertStoredOnce() throws Exception {
        String all = Integer.toString(written);
        assertThat(server.query("SELECT COUNT(*), COUNT(DISTINCT id) FROM " + database + ".audit"))
                .containsExactly(List.of(all, all));
        assertThat(server.query("SELECT COUNT(*) FROM " + database + ".orders")).containsExactly(List.of(all));
    }

    private DataSource through(FaultyProxy network) {
        return ExactlyOnceJdbc.database(network.host(), network.port(), database);
    }

    private Processor processor(JdbcTarget target) {
        return log.processor(
                PipelineOptions.builder("kit")
                        .checkpoints(new InMemoryCheckpointStore())
                        .checkpointInterval(Duration.ofMillis(20))
                        .build(),
                List.of(target));
    }
}
