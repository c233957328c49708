// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link CheckpointStore} keeps to. Extend it and say how a store is made; each test
 * method needs storage of its own, so make it anew in a {@code @BeforeEach} or use a
 * {@code @TempDir}.
 *
 * <pre>{@code
 * class JdbcCheckpointStoreTest extends CheckpointStoreKit {
 *     @Override protected CheckpointStore store() {
 *         return new JdbcCheckpointStore(dataSource);
 *     }
 * }
 * }</pre>
 */
@Timeout(60)
public abstract class CheckpointStoreKit {

    private static final String PIPELINE = "kit";

    private final List<CheckpointStore> made = new ArrayList<>();

    /** For subclasses. */
    protected CheckpointStoreKit() {}

    /**
     * {@return a store that is not open, over the same storage each time within a test} A store whose
     * storage is the object itself answers with the same object each time.
     */
    protected abstract CheckpointStore store() throws Exception;

    /**
     * {@return whether a second store is refused while one is open for the same pipeline} True unless
     * overridden: two instances of a pipeline would overwrite each other's checkpoints.
     */
    protected boolean refusesSecondInstance() {
        return true;
    }

    @AfterEach
    final void closeStores() throws Exception {
        for (CheckpointStore store : made) {
            store.close();
        }
    }

    @Test
    void shouldHoldNothingAtFirst() throws Exception {
        CheckpointStore store = opened();

        assertThat(store.load("orders")).isNull();
    }

    @Test
    void shouldLoadWhatWasSaved() throws Exception {
        CheckpointStore store = opened();
        Checkpoint checkpoint =
                new Checkpoint("mysql", "{\"gtids\":\"a-1:1-5\",\"text\":\"\\\"\\\\ä€😀\"}", 1L << 53, null, 3);

        store.save("orders", checkpoint);

        assertThat(store.load("orders")).isEqualTo(checkpoint);
    }

    @Test
    void shouldKeepTheOpenTransaction() throws Exception {
        CheckpointStore store = opened();
        Checkpoint checkpoint = new Checkpoint(
                "mysql", "{\"at\":7}", 7, new OpenTransaction("3e11fa47-71ca-11e1-9e33-c80aa9429562:8", 123_456), 1);

        store.save("orders", checkpoint);

        assertThat(store.load("orders")).isEqualTo(checkpoint);
    }

    @Test
    void shouldKeepWhatEachFieldHolds() throws Exception {
        CheckpointStore store = opened();
        Checkpoint checkpoint = new Checkpoint("mysql", "{\"at\":7}", 7, null, 9, 4, Set.of("orders", "invoices"));

        store.save("orders", checkpoint);

        assertThat(store.load("orders")).isEqualTo(checkpoint);
    }

    @Test
    void shouldKeepThatATargetWasReset() throws Exception {
        CheckpointStore store = opened();
        Checkpoint reset = new Checkpoint("mysql", null, 7, null, 9, 0, Set.of("orders"));

        store.save("orders", reset);

        assertThat(store.load("orders")).isEqualTo(reset);
        assertThat(store.targets()).containsExactly("orders");
    }

    @Test
    void shouldForgetTheOpenTransactionWithTheNextSave() throws Exception {
        CheckpointStore store = opened();
        store.save("orders", new Checkpoint("mysql", "{\"at\":7}", 7, new OpenTransaction("tx-8", 5), 1));

        store.save("orders", at(8));

        assertThat(store.load("orders")).isEqualTo(at(8));
    }

    @Test
    void shouldAnswerWithTheLastSaved() throws Exception {
        CheckpointStore store = opened();
        for (int i = 1; i <= 20; i++) {
            store.save("orders", at(i));

            assertThat(store.load("orders")).isEqualTo(at(i));
        }
    }

    @Test
    void shouldLetACheckpointBeSetBack() throws Exception {
        CheckpointStore store = opened();
        store.save("orders", at(100));

        store.save("orders", at(5));

        assertThat(store.load("orders")).isEqualTo(at(5));
    }

    @Test
    void shouldKeepTargetsApart() throws Exception {
        CheckpointStore store = opened();
        List<String> targets = List.of("orders", "orders-2", "orders_", "o", "1");
        for (int i = 0; i < targets.size(); i++) {
            store.save(targets.get(i), at(i));
        }

        for (int i = 0; i < targets.size(); i++) {
            assertThat(store.load(targets.get(i))).as(targets.get(i)).isEqualTo(at(i));
        }
        assertThat(store.load("orders-")).isNull();
    }

    @Test
    void shouldNameTheTargetsThatHaveACheckpoint() throws Exception {
        CheckpointStore store = opened();
        assertThat(store.targets()).isEmpty();

        store.save("orders", at(1));
        store.save("orders-2", at(1));
        store.save("orders", at(2));

        assertThat(store.load("others")).isNull();
        assertThat(store.targets()).containsExactlyInAnyOrder("orders", "orders-2");
        store.close();
        assertThat(opened().targets()).containsExactlyInAnyOrder("orders", "orders-2");
    }

    @Test
    void shouldDeleteOneTargetsCheckpoint() throws Exception {
        CheckpointStore store = opened();
        store.save("orders", at(1));
        store.save("orders-2", at(2));

        store.delete("orders");

        assertThat(store.load("orders")).isNull();
        assertThat(store.load("orders-2")).isEqualTo(at(2));
        assertThat(store.targets()).containsExactly("orders-2");
        store.close();
        assertThat(opened().load("orders")).isNull();
    }

    @Test
    void shouldDeleteWhatIsNotThere() throws Exception {
        CheckpointStore store = opened();
        store.save("orders", at(1));

        store.delete("invoices");
        store.delete("invoices");

        assertThat(store.load("orders")).isEqualTo(at(1));
    }

    @Test
    void shouldTakeASaveAfterADeletion() throws Exception {
        CheckpointStore store = opened();
        store.save("orders", at(7));
        store.delete("orders");

        store.save("orders", at(1));

        assertThat(store.load("orders")).isEqualTo(at(1));
        assertThat(store.targets()).containsExactly("orders");
    }

    @Test
    void shouldSeeTheLastSavedAfterReopening() throws Exception {
        CheckpointStore first = opened();
        first.save("orders", at(1));
        first.save("orders", at(2));
        first.save("invoices", at(9));
        first.close();

        CheckpointStore second = opened();

        assertThat(second.load("orders")).isEqualTo(at(2));
        assertThat(second.load("invoices")).isEqualTo(at(9));
        assertThat(second.load("others")).isNull();
    }

    @Test
    void shouldOpenAgainAfterItWasClosed() throws Exception {
        CheckpointStore store = opened();
        store.save("orders", at(1));
        store.close();

        store.open(PIPELINE);
        store.save("orders", at(2));

        assertThat(store.load("orders")).isEqualTo(at(2));
    }

    @Test
    void shouldCloseTwiceAndWithoutHavingBeenOpened() throws Exception {
        CheckpointStore never = made();
        never.close();
        CheckpointStore store = opened();

        store.close();

        assertThatCode(store::close).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseASecondInstanceUntilTheFirstIsClosed() throws Exception {
        Assumptions.assumeTrue(refusesSecondInstance());
        CheckpointStore first = opened();
        first.save("orders", at(1));
        CheckpointStore second = made();

        assertThatThrownBy(() -> second.open(PIPELINE))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(PIPELINE);
        first.save("orders", at(2));
        first.close();
        second.open(PIPELINE);

        assertThat(second.load("orders")).isEqualTo(at(2));
    }

    @Test
    void shouldStayTakenAfterASecondInstanceWasRefusedAndClosed() throws Exception {
        Assumptions.assumeTrue(refusesSecondInstance());
        opened();
        CheckpointStore second = made();
        assertThatThrownBy(() -> second.open(PIPELINE)).isInstanceOf(CheckpointException.class);

        second.close();

        CheckpointStore third = made();
        assertThatThrownBy(() -> third.open(PIPELINE)).isInstanceOf(CheckpointException.class);
    }

    @Test
    void shouldTakeSavesOfDifferentTargetsAtTheSameTime() throws Exception {
        CheckpointStore store = opened();
        List<String> targets = List.of("a", "b", "c", "d");
        ExecutorService lanes = Executors.newFixedThreadPool(targets.size());
        List<Future<?>> ends = new ArrayList<>();
        for (String target : targets) {
            ends.add(lanes.submit(() -> {
                for (int i = 1; i <= 25; i++) {
                    store.save(target, at(i));
                    assertThat(store.load(target)).isEqualTo(at(i));
                }
                return null;
            }));
        }
        lanes.shutdown();
        for (Future<?> end : ends) {
            end.get(60, TimeUnit.SECONDS);
        }
        store.close();

        CheckpointStore reopened = opened();
        for (String target : targets) {
            assertThat(reopened.load(target)).as(target).isEqualTo(at(25));
        }
    }

    private static Checkpoint at(long transaction) {
        return new Checkpoint("mysql", "{\"at\":" + transaction + "}", transaction, null, 1);
    }

    private CheckpointStore opened() throws Exception {
        CheckpointStore store = made();
        store.open(PIPELINE);
        return store;
    }

    private CheckpointStore made() throws Exception {
        CheckpointStore store = store();
        made.add(store);
        return store;
    }
}
