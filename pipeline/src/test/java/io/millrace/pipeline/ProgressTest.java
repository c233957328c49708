// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.ScriptedSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final TableSchema TABLE =
            new TableSchema(new TableId("d", "t"), List.of(Column.of("id", ColumnType.LONG)), List.of("id"));

    @Test
    void shouldTellStateRowsLagAndCheckpoint() throws Exception {
        ScriptedSource log = new ScriptedSource();
        for (int i = 0; i < 20; i++) {
            log.transaction(tx -> tx.insert(RowImage.of(TABLE, Map.of("id", 1L))));
        }
        Target target = new Target(TargetOptions.named("t")) {
            @Override
            protected void save(List<Record> records) {}
        };
        PipelineOptions options = PipelineOptions.builder("orders")
                .checkpoints(new InMemoryCheckpointStore())
                .checkpointInterval(Duration.ofMillis(10))
                .build();
        try (Processor processor = log.processor(options, List.of(target))) {
            Instant begin = Instant.now();
            Progress progress = Progress.of(processor, begin);
            assertThat(progress.line(begin)).isEqualTo("orders: NEW, 0 rows/s, lag unknown, no checkpoint yet");

            new Thread(processor).start();
            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();

            String line = progress.line(begin.plusSeconds(10));
            assertThat(line).startsWith("orders: STREAMING, 2 rows/s, lag ");
            await().until(() -> progress.line(begin.plusSeconds(20))
                    .matches("orders: STREAMING, 0 rows/s, idle, checkpoint \\d+ s ago \\(transaction 20\\)"));
        }
    }
}
