// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.checkpoint.Checkpoint;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A target as its lane sees it: the methods that {@link io.millrace.core.Target} leaves to users
 * under protected access. Called by the lane's thread only.
 */
public interface Outlet {

    void open() throws Exception;

    boolean keepsCheckpoint();

    @Nullable Checkpoint restore() throws Exception;

    /** @param checkpoint null unless {@link #keepsCheckpoint()} */
    CompletionStage<@Nullable Void> deliver(
            List<Record> records,
            @Nullable Statement statement,
            boolean endsTransaction,
            @Nullable Checkpoint checkpoint)
            throws Exception;

    void flush() throws Exception;

    void confirmOwnership() throws Exception;

    void recover(Throwable failure) throws Exception;

    void close() throws Exception;
}
