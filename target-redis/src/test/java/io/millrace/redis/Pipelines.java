// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.RetryOptions;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.ScriptedSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pipelines from a scripted log to Redis, for tests. */
final class Pipelines {

    static final TableSchema ORDERS = new TableSchema(
            new TableId("shop", "orders"),
            List.of(
                    Column.of("id", ColumnType.LONG),
                    Column.of("name", ColumnType.STRING),
                    Column.of("note", ColumnType.STRING)),
            List.of("id"));

    private Pipelines() {}

    /** {@return a row without {@code note} if that is {@code "absent"}} */
    static RowImage order(long id, String name, @Nullable String note) {
        Map<String, Object> values = new HashMap<>();
        values.put("id", id);
        values.put("name", name);
        if (!"absent".equals(note)) {
            values.put("note", note);
        }
        return RowImage.of(ORDERS, values);
    }

    static PipelineOptions pipeline(String id) {
        return PipelineOptions.builder(id)
                .checkpoints(new InMemoryCheckpointStore())
                .retry(quickRetry())
                .build();
    }

    static RetryOptions quickRetry() {
        return RetryOptions.builder()
                .initialBackoff(Duration.ofMillis(5))
                .maxBackoff(Duration.ofMillis(50))
                .build();
    }

    static TargetOptions.Builder target() {
        return TargetOptions.builder("redis").retry(quickRetry());
    }

    /** Runs until all of the log is delivered. */
    static void deliver(ScriptedSource log, String pipeline, RedisOptions options) {
        try (Processor processor = log.processor(pipeline(pipeline), List.of(new RedisTarget(options)))) {
            processor.runUntil(log.end());
        }
    }
}
