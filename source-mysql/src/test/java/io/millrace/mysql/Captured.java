// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Change;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.RetryOptions;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A processor that runs on a thread of its own and keeps what its target got, for tests. */
final class Captured implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Processor processor;
    private final Thread thread;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Memory target;

    private Captured(Processor processor, Memory target) {
        this.processor = processor;
        this.target = target;
        this.thread = new Thread(
                () -> {
                    try {
                        processor.run();
                        end.complete(null);
                    } catch (Throwable t) {
                        end.completeExceptionally(t);
                    }
                },
                "capture");
    }

    /** Keeps changes in the order in which they were saved. */
    static class Memory extends Target {

        private final List<Change> changes = Collections.synchronizedList(new ArrayList<>());

        Memory() {
            this(TargetOptions.builder("memory").executeDdl(true).batchSize(100).build());
        }

        Memory(TargetOptions options) {
            super(options);
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            changes.addAll(records);
        }

        @Override
        protected void executeDdl(Statement statement) {
            changes.add(statement);
        }

        List<Record> records() {
            synchronized (changes) {
                return changes.stream()
                        .filter(Record.class::isInstance)
                        .map(Record.class::cast)
                        .toList();
            }
        }
    }

    static PipelineOptions.Builder pipeline(String database, CheckpointStore store) {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(Duration.ofMillis(20))
                .maxBackoff(Duration.ofMillis(200))
                .build();
        return PipelineOptions.builder("test")
                .checkpoints(store)
                .filter(TableFilter.builder()
                        .exclude("*", "*")
                        .include(database, "*")
                        .build())
                .checkpointInterval(Duration.ofMillis(50))
                .startTimeout(Duration.ofSeconds(5))
                .retry(retry);
    }

    /** Without TLS, which takes longer than all else of a start. Tests of logins, cuts and values have it. */
    static MySqlOptions.Builder source(MySqlServer server, StartFrom startFrom) {
        return MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .password(server.password())
                .tls(TlsOptions.of(TlsOptions.Mode.DISABLED))
                .catchUpTimeout(Duration.ZERO)
                .startFrom(startFrom);
    }

    /** Rolls back what tests have prepared, so that others may give its ids again. */
    static void endPrepared(MySqlServer server) throws SQLException {
        if (server.release().isMariaDb()) {
            for (List<String> one : server.query("XA RECOVER FORMAT='SQL'")) {
                server.execute("XA ROLLBACK " + one.get(3));
            }
            return;
        }
        for (List<String> one : server.query("XA RECOVER CONVERT XID")) {
            int global = 2 + 2 * Integer.parseInt(one.get(1));
            String id = one.get(3);
            server.execute(
                    "XA ROLLBACK X'%s',X'%s',%s".formatted(id.substring(2, global), id.substring(global), one.get(0)));
        }
    }

    /** Starts to capture one database from now on and waits until it does. */
    static Captured from(MySqlServer server, String database) throws InterruptedException {
        return start(source(server, StartFrom.latest())
                        .pipeline(pipeline(database, new InMemoryCheckpointStore())
                                .build())
                        .build())
                .streaming();
    }

    static Captured start(MySqlOptions options) {
        return start(options, new Memory(), record -> record);
    }

    /** @param others targets beside the one whose changes are kept */
    static Captured start(MySqlOptions options, Memory target, UnaryOperator<Record> hook, Target... others) {
        List<Target> targets = new ArrayList<>(List.of(others));
        targets.add(target);
        Processor processor = new MySqlBinlogProcessor(options, targets) {
            @Override
            protected Record process(Record record) {
                return hook.apply(record);
            }
        };
        Captured captured = new Captured(processor, target);
        captured.thread.start();
        return captured;
    }

    Captured streaming() throws InterruptedException {
        boolean streaming = processor.awaitState(ProcessorState.STREAMING, LIMIT);
        if (!streaming) {
            close();
        }
        assertThat(streaming).as(() -> processor.status().toString()).isTrue();
        return this;
    }

    /** Waits until everything that the server has executed so far was acknowledged. */
    Captured upTo(MySqlServer server) throws Exception {
        boolean delivered = processor.awaitDelivered(MySqlPosition.gtids(server.executedGtids()), LIMIT);
        assertThat(delivered).as(() -> processor.stats().toString()).isTrue();
        return this;
    }

    List<Change> changes() {
        synchronized (target.changes) {
            return List.copyOf(target.changes);
        }
    }

    List<Record> records() {
        return target.records();
    }

    List<Statement> statements() {
        return changes().stream()
                .filter(Statement.class::isInstance)
                .map(Statement.class::cast)
                .toList();
    }

    List<Long> ids() {
        return records().stream()
                .map(record -> Objects.requireNonNull(record.row().getLong("id")))
                .toList();
    }

    Processor processor() {
        return processor;
    }

    /** Waits for the end of the run and throws what it threw. */
    void join() throws Throwable {
        try {
            end.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        processor.close();
        try {
            thread.join(LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }
}
