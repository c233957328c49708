// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.Processor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A processor that runs on a thread of its own, so that the program can do something else meanwhile. */
final class Capture implements AutoCloseable {

    private final Processor processor;
    private final Thread thread;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    private Capture(Processor processor) {
        this.processor = processor;
        this.thread = new Thread(
                () -> {
                    try {
                        processor.run();
                    } catch (RuntimeException e) {
                        failure.set(e);
                    }
                },
                "capture");
    }

    static Capture start(Processor processor) {
        Capture capture = new Capture(processor);
        capture.thread.start();
        Runtime.getRuntime().addShutdownHook(new Thread(processor::close));
        return capture;
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    void throwIfFailed() throws InterruptedException {
        if (processor.status().state().isFinal()) {
            thread.join();
        }
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public void close() {
        processor.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
