// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static java.time.Duration.ofSeconds;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.source.Source;
import io.millrace.testkit.ScriptedSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A processor on a thread of its own. */
final class KitRun {

    private final Processor processor;
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final Thread thread;
    private final int closeAtRecord;
    private int records;

    private KitRun(ScriptedSource log, PipelineOptions options, Target target, int closeAtRecord) {
        this.closeAtRecord = closeAtRecord;
        this.processor = new Processor(options, List.of(target)) {
            @Override
            protected Source source() {
                return log.source();
            }

            @Override
            protected Record process(Record record) {
                if (++records == closeAtRecord) {
                    close();
                }
                return record;
            }
        };
        this.thread = new Thread(this::run, "kit-capture");
    }

    static KitRun idle(ScriptedSource log, PipelineOptions options, Target target) {
        return new KitRun(log, options, target, 0);
    }

    /** @param closeAtRecord the number of the record at which the run is ended, as if from outside; 0 for none */
    static KitRun start(ScriptedSource log, PipelineOptions options, Target target, int closeAtRecord) {
        KitRun run = new KitRun(log, options, target, closeAtRecord);
        run.thread.start();
        return run;
    }

    private void run() {
        try {
            processor.run();
            end.complete(null);
        } catch (Throwable t) {
            end.completeExceptionally(t);
        }
    }

    /** Waits until the target has acknowledged all of the log, or throws what ended the run. */
    void awaitDelivered(ScriptedSource log) throws Throwable {
        if (!processor.awaitDelivered(log.end(), ofSeconds(60))) {
            try {
                end.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            } catch (TimeoutException e) {
                throw new AssertionError("not everything was acknowledged within 60 s: " + processor.stats(), e);
            }
            throw new AssertionError("the run ended before everything was acknowledged: " + processor.stats());
        }
    }

    void awaitState(ProcessorState state) throws InterruptedException {
        if (!processor.awaitState(state, ofSeconds(60))) {
            throw new AssertionError("the processor did not become " + state + ": " + processor.status());
        }
    }

    ProcessorState state() {
        return processor.status().state();
    }

    boolean hasFailed() {
        return state() == ProcessorState.FAILED;
    }

    long retries() {
        return processor.stats().targets().stream()
                .mapToLong(target -> target.retries())
                .sum();
    }

    /** Waits for the end of the run, and throws what ended it. */
    void join() throws Throwable {
        try {
            end.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    void close() {
        processor.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new AssertionError("run() has not ended after close(): " + processor.stats());
        }
    }
}
