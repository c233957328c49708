// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.bson.BsonDocument;

/** A processor that runs on a thread of its own and keeps what its target got, for tests. */
final class Captured implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Keeps changes in the order in which they were saved. */
    static class Memory extends Target {

        private final List<Change> changes = Collections.synchronizedList(new ArrayList<>());

        Memory() {
            this(TargetOptions.builder("memory").executeDdl(true).batchSize(100).build());
        }

        Memory(TargetOptions options) {
            super(options);
        }

        List<Change> changes() {
            synchronized (changes) {
                return List.copyOf(changes);
            }
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            changes.addAll(records);
        }

        @Override
        protected void executeDdl(Statement statement) {
            changes.add(statement);
        }
    }

    private final Processor processor;
    private final Thread thread;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Memory target;
    private final List<BsonDocument> tokens = Collections.synchronizedList(new ArrayList<>());

    private Captured(MongoOptions options, Memory target, UnaryOperator<Record> hook) {
        this.target = target;
        this.processor = new MongoStreamProcessor(options, List.of(target)) {
            @Override
            protected Record process(Record record) {
                return hook.apply(record);
            }

            @Override
            protected void saveResumeToken(BsonDocument token) {
                tokens.add(token);
            }
        };
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

    static PipelineOptions.Builder pipeline(CheckpointStore store) {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(Duration.ofMillis(20))
                .maxBackoff(Duration.ofMillis(200))
                .build();
        return PipelineOptions.builder("test")
                .service("people")
                .checkpoints(store)
                .checkpointInterval(Duration.ofMillis(20))
                .startTimeout(Duration.ofSeconds(5))
                .retry(retry);
    }

    static MongoOptions.Builder source(String uri, CheckpointStore store) {
        return MongoOptions.builder()
                .uri(uri)
                .maxAwait(Duration.ofMillis(100))
                .connectTimeout(Duration.ofSeconds(5))
                .startFrom(StartFrom.latest())
                .pipeline(pipeline(store).build());
    }

    static Captured start(MongoOptions options) {
        return start(options, new Memory(), record -> record);
    }

    static Captured start(MongoOptions options, Memory target, UnaryOperator<Record> hook) {
        Captured captured = new Captured(options, target, hook);
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

    /** Waits until the target has got so many changes. */
    Captured upTo(int count) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(changes().size())
                        .as(() -> processor.stats().toString())
                        .isGreaterThanOrEqualTo(count));
        return this;
    }

    List<Change> changes() {
        return target.changes();
    }

    Record record(int index) {
        return (Record) changes().get(index);
    }

    Statement statement(int index) {
        return (Statement) changes().get(index);
    }

    /** {@return the documents' keys of all records} */
    List<String> keys() {
        return changes().stream()
                .filter(Record.class::isInstance)
                .map(change -> ((Record) change).row().getString("documentKey"))
                .toList();
    }

    /** {@return what the hook has heard} */
    List<BsonDocument> tokens() {
        synchronized (tokens) {
            return List.copyOf(tokens);
        }
    }

    Processor processor() {
        return processor;
    }

    /** Waits for the end of the run and throws what it threw. */
    void join() throws Throwable {
        try {
            end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
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
