// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.RetryOptions;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.Source;
import io.millrace.testkit.ScriptedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Target} must keep to, proven through a real processor over a {@link ScriptedLog}.
 * The rows are of one table, {@code kit.rows}, with an {@code id} that is the key and a {@code version}
 * that rises with each change of the row.
 */
public abstract class TargetKit {

    /** One stored change. */
    public record Stored(long id, long version) {}

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();
    private final ScriptedLog log = new ScriptedLog();

    /** {@return a new target over the storage of this test, the same storage at each call within a test} */
    protected abstract Target target(TargetOptions options) throws Exception;

    /**
     * {@return what is stored now, in the order in which a reader of one key gets it} The order between
     * different keys does not matter.
     */
    protected abstract List<Stored> stored() throws Exception;

    @Test
    void shouldStoreEveryChangeInTheOrderOfItsKey() throws Exception {
        log.change(20, 50, 7);

        deliver(options().build());

        assertThat(byKey(stored())).isEqualTo(byKey(log.changes()));
    }

    @Test
    void shouldStoreTheSameWhateverTheSizeOfBatches() throws Exception {
        log.change(10, 20, 3);

        deliver(options().batchSize(1).build());
        log.change(10, 20, 3);
        deliver(options().batchSize(7).maxInFlight(1).build());

        assertThat(byKey(stored())).isEqualTo(byKey(log.changes()));
    }

    @Test
    void shouldRepeatNothingAfterAnOrderlyStop() throws Exception {
        for (int round = 0; round < 4; round++) {
            log.change(5, 10, 4);
            deliver(options().build());
        }

        assertThat(byKey(stored())).isEqualTo(byKey(log.changes()));
    }

    /** What comes again ends where the first delivery ended: the last change of each key is the last. */
    @Test
    void shouldEndInTheSameStateWhenAPartComesAgain() throws Exception {
        log.change(10, 10, 5);
        deliver(options().build());
        checkpoints.save("kit", log.checkpointAfter(4));

        deliver(options().build());

        Map<Long, Long> last = lastVersions(stored());
        assertThat(last).isEqualTo(lastVersions(log.changes()));
        assertThat(stored()).containsAll(log.changes());
    }

    @Test
    void shouldCloseThoughNothingCame() throws Exception {
        deliver(options().build());

        assertThat(stored()).isEmpty();
    }

    /** Failures are answered at once: the kit is about what is stored, not about waiting. */
    private static TargetOptions.Builder options() {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(Duration.ofMillis(1))
                .maxBackoff(Duration.ofMillis(20))
                .build();
        return TargetOptions.builder("kit").retry(retry);
    }

    private void deliver(TargetOptions options) throws Exception {
        PipelineOptions pipeline =
                PipelineOptions.builder("kit").checkpoints(checkpoints).build();
        Processor processor = new Processor(pipeline, List.of(target(options))) {
            @Override
            protected Source source() {
                return log.source();
            }
        };
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread capture = new Thread(() -> {
            try {
                processor.run();
                end.complete(null);
            } catch (Throwable t) {
                end.completeExceptionally(t);
            }
        });
        capture.start();
        boolean delivered = processor.awaitDelivered(log.end(), LIMIT);
        processor.close();
        end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(delivered).as(() -> processor.stats().toString()).isTrue();
    }

    private static Map<Long, List<Long>> byKey(List<Stored> changes) {
        Map<Long, List<Long>> versions = new LinkedHashMap<>();
        for (Stored change : changes) {
            versions.computeIfAbsent(change.id(), id -> new ArrayList<>()).add(change.version());
        }
        return versions;
    }

    private static Map<Long, Long> lastVersions(List<Stored> changes) {
        Map<Long, Long> versions = new LinkedHashMap<>();
        changes.forEach(change -> versions.put(change.id(), change.version()));
        return versions;
    }
}
