// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Record;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Does something once, on the capture's thread, when it hands on a certain row. */
final class AfterRows implements UnaryOperator<Record> {

    private final int rows;
    private final Callable<?> act;
    private final AtomicInteger seen = new AtomicInteger();
    private final CompletableFuture<Object> done = new CompletableFuture<>();

    AfterRows(int rows, Callable<?> act) {
        this.rows = rows;
        this.act = act;
    }

    @Override
    public Record apply(Record record) {
        if (seen.incrementAndGet() == rows) {
            try {
                done.complete(String.valueOf(act.call()));
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        }
        return record;
    }

    void awaitDone() {
        assertThat(done).succeedsWithin(Duration.ofSeconds(60));
    }
}
