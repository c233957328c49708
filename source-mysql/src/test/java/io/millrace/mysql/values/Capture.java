// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Captures one database through the public processor, as an application does. */
final class Capture implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final MySqlServer server;
    private final Kept target = new Kept();
    private final MySqlBinlogProcessor processor;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Thread thread;

    private static final class Kept extends Target {

        private List<Record> records = new ArrayList<>();

        Kept() {
            super(TargetOptions.builder("kept").build());
        }

        @Override
        protected void executeDdl(Statement statement) {
            // Tables are only looked at through their rows.
        }

        @Override
        protected synchronized void save(List<Record> batch) {
            records.addAll(batch);
        }

        synchronized List<Record> take() {
            List<Record> taken = records;
            records = new ArrayList<>();
            return taken;
        }
    }

    /** Captures from now on. */
    Capture(MySqlServer server, String database) throws InterruptedException {
        this(server, database, null);
    }

    /** @param history where what tables look like is kept, for a server whose log does not say it; or null */
    Capture(MySqlServer server, String database, @Nullable Path history) throws InterruptedException {
        this.server = server;
        TableFilter filter =
                TableFilter.builder().exclude("*", "*").include(database, "*").build();
        MySqlOptions.Builder options = MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .password(server.password())
                .startFrom(StartFrom.latest())
                .pipeline(PipelineOptions.builder("values")
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(filter)
                        .build());
        if (history != null) {
            options.schemaHistory(history);
        }
        processor = new MySqlBinlogProcessor(options.build(), List.of(target));
        thread = new Thread(this::run, "capture");
        thread.start();
        assertThat(processor.awaitState(ProcessorState.STREAMING, LIMIT)).isTrue();
    }

    private void run() {
        try {
            processor.run();
            end.complete(null);
        } catch (Throwable t) {
            end.completeExceptionally(t);
        }
    }

    /** {@return what was captured since the last call, up to what the server has executed by now} */
    List<Record> take() throws Exception {
        boolean delivered = processor.awaitDelivered(MySqlPosition.gtids(server.executedGtids()), LIMIT);
        if (!delivered) {
            throwIfEnded();
        }
        assertThat(delivered).as(() -> processor.status().toString()).isTrue();
        return target.take();
    }

    /** What ended the run comes a little after the end of what was waited for. */
    private void throwIfEnded() throws Exception {
        try {
            end.get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // It goes on, and is slow.
        }
    }

    @Override
    public void close() {
        processor.close();
        end.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }
}
