// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.internal.delivery.Outlet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A target that counts records and acknowledges them at once. The count is to be read when its lane has ended. */
final class CountingOutlet implements Outlet {

    private static final CompletableFuture<@Nullable Void> DONE = CompletableFuture.completedFuture(null);

    private long count;

    long count() {
        return count;
    }

    @Override
    public CompletionStage<@Nullable Void> deliver(
            List<Record> records,
            @Nullable Statement statement,
            boolean endsTransaction,
            @Nullable Checkpoint checkpoint) {
        count += records.size();
        return DONE;
    }

    @Override
    public void open() {
        // There is nothing behind it.
    }

    @Override
    public boolean keepsCheckpoint() {
        return false;
    }

    @Override
    public @Nullable Checkpoint restore() {
        return null;
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void confirmOwnership() {
        // Nobody else has it.
    }

    @Override
    public void recover(Throwable failure) {
        // Nothing fails.
    }

    @Override
    public void close() {
        // There is nothing behind it.
    }
}
