// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Batch;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The kit passes over targets that keep the contract, each by other means. */
class TargetKitTest {

    /** All that a target has to be. */
    @Nested
    class Plain extends MemoryTargetKit {

        @Override
        protected Target target(TargetOptions options) {
            return new Target(options) {
                @Override
                protected void save(List<Record> records) throws IOException {
                    assertThat(records).isNotEmpty().hasSizeLessThanOrEqualTo(options.batchSize());
                    for (Record record : records) {
                        storage.store(record.toJson());
                    }
                }
            };
        }
    }

    @Nested
    class WithStatements extends MemoryTargetKit {

        @Override
        protected Target target(TargetOptions options) {
            return new Target(options) {
                @Override
                protected void save(List<Record> records) throws IOException {
                    for (Record record : records) {
                        storage.store(record.toJson());
                    }
                }

                @Override
                protected void executeDdl(Statement statement) {
                    storage.apply(statement.sql());
                }
            };
        }

        @Override
        protected List<String> appliedStatements() {
            return storage.statements();
        }
    }

    /** Keeps the latest state of each row. */
    @Nested
    class Mirror extends MemoryMirrorKit {}

    /** Acknowledges from a thread of its own. */
    @Nested
    class Asynchronous extends MemoryTargetKit {

        @Override
        protected Target target(TargetOptions options) {
            return new Target(options) {
                private final ExecutorService writer = Executors.newSingleThreadExecutor();
                /** Why a batch was not stored; what is under way behind it may not be stored before it. */
                private volatile @Nullable Throwable failed;

                @Override
                protected void save(List<Record> records) throws IOException {
                    for (Record record : records) {
                        storage.store(record.toJson());
                    }
                }

                @Override
                protected CompletionStage<@Nullable Void> saveAsync(Batch batch) {
                    CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
                    writer.execute(() -> {
                        Throwable before = failed;
                        if (before != null) {
                            stage.completeExceptionally(before);
                            return;
                        }
                        try {
                            save(batch);
                            stage.complete(null);
                        } catch (Throwable t) {
                            failed = t;
                            stage.completeExceptionally(t);
                        }
                    });
                    return stage;
                }

                @Override
                protected void recover(Throwable failure) {
                    failed = null;
                }

                @Override
                protected void close() {
                    writer.shutdown();
                }
            };
        }
    }

    /** Stores the checkpoint in one step with the data. */
    @Nested
    class Transactional extends TargetKit {

        private final List<String> stored = new ArrayList<>();
        private @Nullable Checkpoint checkpoint;
        private boolean broken;

        @Override
        protected Target target(TargetOptions options) {
            return new Target(options) {
                @Override
                protected void save(List<Record> records) {
                    throw new AssertionError("save(Batch) is overridden");
                }

                @Override
                protected void save(Batch batch) throws Exception {
                    if (batch.statement() != null) {
                        super.save(batch);
                    }
                    commit(batch.records().stream().map(Record::toJson).toList(), batch.checkpoint());
                }

                @Override
                protected boolean keepsCheckpoint() {
                    return true;
                }

                @Override
                protected @Nullable Checkpoint restore() {
                    return checkpoint;
                }
            };
        }

        private synchronized void commit(List<String> records, Checkpoint after) throws IOException {
            if (broken) {
                throw new IOException("the storage does not answer");
            }
            stored.addAll(records);
            checkpoint = after;
        }

        @Override
        protected synchronized List<String> stored() {
            return List.copyOf(stored);
        }

        @Override
        protected boolean storesExactlyOnce() {
            return true;
        }

        @Override
        protected synchronized boolean breakStorage() {
            broken = true;
            return true;
        }

        @Override
        protected synchronized void healStorage() {
            broken = false;
        }
    }
}
