// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link CheckpointStore} must keep to. */
public abstract class CheckpointStoreKit {

    private static final String PIPELINE = "orders";

    /** {@return a new store over the storage of this test, the same at each call within a test} */
    protected abstract CheckpointStore store() throws Exception;

    /** {@return whether the store keeps a second instance out while it is open} */
    protected abstract boolean isExclusive();

    private static Checkpoint checkpoint(long transaction) {
        return new Checkpoint(
                "mysql",
                "{\"gtids\":\"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-" + transaction + "\"}",
                transaction,
                null,
                1);
    }

    @Test
    void shouldHoldNothingAtFirst() throws Exception {
        try (CheckpointStore store = store()) {
            store.open(PIPELINE);

            assertThat(store.load("kafka")).isNull();
        }
    }

    @Test
    void shouldAnswerWithWhatWasSavedLast() throws Exception {
        try (CheckpointStore store = store()) {
            store.open(PIPELINE);
            store.save("kafka", checkpoint(1));
            store.save("kafka", checkpoint(2));

            assertThat(store.load("kafka")).isEqualTo(checkpoint(2));
        }
    }

    @Test
    void shouldKeepAnOpenTransaction() throws Exception {
        Checkpoint inside = new Checkpoint(
                "mysql",
                "{\"file\":\"binlog.000003\",\"offset\":5000000000}",
                7,
                new OpenTransaction("a \"b\" é", 41),
                3);
        try (CheckpointStore store = store()) {
            store.open(PIPELINE);
            store.save("kafka", inside);

            assertThat(store.load("kafka")).isEqualTo(inside);
        }
    }

    @Test
    void shouldKeepTargetsApart() throws Exception {
        try (CheckpointStore store = store()) {
            store.open(PIPELINE);
            store.save("kafka", checkpoint(1));
            store.save("redis", checkpoint(2));

            assertThat(store.load("kafka")).isEqualTo(checkpoint(1));
            assertThat(store.load("redis")).isEqualTo(checkpoint(2));
            assertThat(store.load("other")).isNull();
        }
    }

    @Test
    void shouldRememberAcrossInstances() throws Exception {
        try (CheckpointStore store = store()) {
            store.open(PIPELINE);
            store.save("kafka", checkpoint(5));
        }

        try (CheckpointStore store = store()) {
            store.open(PIPELINE);

            assertThat(store.load("kafka")).isEqualTo(checkpoint(5));
        }
    }

    @Test
    void shouldBeOpenedAgainAfterItWasClosed() throws Exception {
        CheckpointStore store = store();
        store.close();
        store.open(PIPELINE);
        store.save("kafka", checkpoint(1));
        store.close();
        store.close();
        store.open(PIPELINE);

        assertThat(store.load("kafka")).isEqualTo(checkpoint(1));
        store.close();
    }

    @Test
    void shouldKeepASecondInstanceOut() throws Exception {
        if (!isExclusive()) {
            return;
        }
        CheckpointStore first = store();
        first.open(PIPELINE);
        try (CheckpointStore second = store()) {
            assertThatThrownBy(() -> second.open(PIPELINE)).isInstanceOf(CheckpointException.class);
            first.save("kafka", checkpoint(1));
            first.close();
            second.open(PIPELINE);

            assertThat(second.load("kafka")).isEqualTo(checkpoint(1));
        } finally {
            first.close();
        }
    }

    @Test
    void shouldTakeSavesOfSeveralTargetsAtOnce() throws Exception {
        try (CheckpointStore store = store()) {
            store.open(PIPELINE);
            ExecutorService lanes = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> saved = new ArrayList<>();
                for (int lane = 0; lane < 4; lane++) {
                    String target = "target" + lane;
                    saved.add(lanes.submit(() -> {
                        for (int i = 1; i <= 50; i++) {
                            store.save(target, checkpoint(i));
                        }
                        return null;
                    }));
                }
                for (Future<?> lane : saved) {
                    lane.get(60, TimeUnit.SECONDS);
                }
            } finally {
                lanes.shutdownNow();
            }

            for (int lane = 0; lane < 4; lane++) {
                assertThat(store.load("target" + lane)).isEqualTo(checkpoint(50));
            }
        }
    }
}
