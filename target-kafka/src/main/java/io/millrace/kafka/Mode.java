// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Batch;
import io.millrace.core.checkpoint.Checkpoint;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A way to deliver: what {@link KafkaTarget} does for its lane, by the guarantee that was chosen. */
interface Mode {

    void open() throws Exception;

    CompletionStage<@Nullable Void> deliver(Batch batch) throws Exception;

    void flush();

    void recover() throws Exception;

    @Nullable Checkpoint restore() throws Exception;

    void confirmOwnership() throws Exception;

    void close();
}
