// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.internal.delivery.Outlet;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Lets a lane call the methods that {@link Target} leaves protected. */
final class TargetOutlet implements Outlet {

    private final Target target;

    TargetOutlet(Target target) {
        this.target = target;
    }

    @Override
    public void open() throws Exception {
        target.open();
    }

    @Override
    public boolean keepsCheckpoint() {
        return target.keepsCheckpoint();
    }

    @Override
    public @Nullable Checkpoint restore() throws Exception {
        return target.restore();
    }

    @Override
    public CompletionStage<@Nullable Void> deliver(
            List<Record> records,
            @Nullable Statement statement,
            boolean endsTransaction,
            @Nullable Checkpoint checkpoint)
            throws Exception {
        return target.saveAsync(new Batch(records, statement, endsTransaction, checkpoint));
    }

    @Override
    public void flush() throws Exception {
        target.flush();
    }

    @Override
    public void confirmOwnership() throws Exception {
        target.confirmOwnership();
    }

    @Override
    public void recover(Throwable failure) throws Exception {
        target.recover(failure);
    }

    @Override
    public void close() throws Exception {
        target.close();
    }
}
