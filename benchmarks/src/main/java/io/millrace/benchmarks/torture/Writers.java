// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.testkit.MySqlServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Several writers on threads of their own. */
final class Writers implements AutoCloseable {

    private static final int COUNT = 2;

    private final List<Writer> writers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private Writers() {}

    static Writers start(MySqlServer server, long seed, RunLog log) {
        Writers all = new Writers();
        for (int number = 1; number <= COUNT; number++) {
            Writer writer = new Writer(server, number, seed, log);
            Thread thread = new Thread(writer, "writer-" + number);
            thread.setUncaughtExceptionHandler((dead, thrown) -> all.failure.compareAndSet(null, thrown));
            thread.start();
            all.writers.add(writer);
            all.threads.add(thread);
        }
        return all;
    }

    /** Ends all after their transactions under way. */
    void stop() throws InterruptedException {
        writers.forEach(Writer::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a writer is broken", thrown);
        }
    }

    /** {@return the committed changes of all rows; once they have ended} */
    Map<RowKey, RowHistory> histories() {
        Map<RowKey, RowHistory> all = new HashMap<>();
        writers.forEach(writer -> all.putAll(writer.histories()));
        return all;
    }

    /** {@return the last step of each writer's row of the ledger; once they have ended} */
    Map<RowKey, Integer> ledger() {
        Map<RowKey, Integer> ledger = new HashMap<>();
        for (Writer writer : writers) {
            RowHistory history = writer.histories().get(writer.ledgerRow());
            if (history != null) {
                ledger.put(writer.ledgerRow(), history.last());
            }
        }
        return ledger;
    }

    int committed() {
        return writers.stream().mapToInt(Writer::committed).sum();
    }

    int rolledBack() {
        return writers.stream().mapToInt(Writer::rolledBack).sum();
    }

    @Override
    public void close() {
        writers.forEach(Writer::stop);
    }
}
