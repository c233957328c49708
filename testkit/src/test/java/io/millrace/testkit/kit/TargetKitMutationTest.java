// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The kit fails over targets that break the contract: each of these has one fault. */
class TargetKitMutationTest {

    @Test
    void shouldNoticeALostRecord() {
        assertFails(
                LosesTheLastOfABatch.class,
                "shouldStoreEveryRecordInTheOrderOfItsKey",
                "shouldStoreATransactionOfManyBatches");
    }

    @Test
    void shouldNoticeAnAcknowledgementBeforeTheRecordIsStored() {
        assertFails(
                AcknowledgesBeforeItStores.class,
                "shouldStoreEveryRecordInTheOrderOfItsKey",
                "shouldStoreWhatComesWhileItRuns");
    }

    @Test
    void shouldNoticeRecordsOutOfOrder() {
        assertFails(
                TurnsBatchesRound.class,
                "shouldStoreEveryRecordInTheOrderOfItsKey",
                "shouldStoreATransactionOfManyBatches");
    }

    @Test
    void shouldNoticeAStorageThatForgets() {
        assertFails(
                ForgetsAtEachStart.class,
                "shouldRepeatNothingAfterAnOrderlyStop",
                "shouldRepeatAtMostWhatLiesBehindALostCheckpoint");
    }

    @Test
    void shouldNoticeARecordThatIsStoredTwice() {
        assertFails(
                StoresTwice.class,
                "shouldStoreEveryRecordInTheOrderOfItsKey",
                "shouldRepeatNothingAfterAnOrderlyStop",
                "shouldRepeatAtMostWhatLiesBehindALostCheckpoint");
    }

    @Test
    void shouldNoticeASwallowedFailure() {
        assertFails(SwallowsFailures.class, "shouldKeepTheOrderWhenTheStorageFailsForAWhile");
    }

    @Test
    void shouldNoticeAStatementThatIsPassedOver() {
        assertFails(
                PassesStatementsOver.class,
                "shouldApplyOrRefuseDdlWhenItIsSwitchedOn",
                "shouldApplyOrRefuseAStatementThatChangesRows");
    }

    @Test
    void shouldNoticeAThreadThatStays() {
        assertFails(LeavesAThread.class, "shouldCloseWithoutHavingStoredAnything");
    }

    @Test
    void shouldNoticeAMirrorThatLosesAChange() {
        assertFails(
                MirrorLosesTheLastOfABatch.class,
                "shouldStoreEveryRecordInTheOrderOfItsKey",
                "shouldStoreATransactionOfManyBatches");
    }

    @Test
    void shouldNoticeAMirrorThatWritesOlderOverNewer() {
        assertFails(
                MirrorTurnsBatchesRound.class,
                "shouldStoreEveryRecordInTheOrderOfItsKey",
                "shouldStoreATransactionOfManyBatches");
    }

    @Test
    void shouldNoticeAMirrorThatKeepsDeletedRows() {
        assertFails(MirrorKeepsDeletedRows.class, "shouldStoreEveryRecordInTheOrderOfItsKey");
    }

    @Test
    void shouldNoticeAMirrorThatAcknowledgesBeforeItStores() {
        assertFails(MirrorIsOneBatchBehind.class, "shouldStoreWhatComesWhileItRuns");
    }

    @Test
    void shouldNoticeAMirrorThatSwallowsFailures() {
        assertFails(MirrorSwallowsFailures.class, "shouldKeepTheOrderWhenTheStorageFailsForAWhile");
    }

    @Test
    void shouldNoticeAMirrorThatPassesOverTruncate() {
        assertFails(MirrorPassesOverTruncate.class, "shouldApplyOrRefuseAStatementThatChangesRows");
    }

    /** Runs these tests of the kit over a mutant: all have to fail, and not for want of time. */
    private static void assertFails(Class<?> mutant, String... tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(
                        Stream.of(tests).map(test -> selectMethod(mutant, test)).toList())
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        assertThat(listener.getSummary().getFailures())
                .extracting(failure -> failure.getTestIdentifier().getDisplayName())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(tests).map(test -> test + "()").toList());
        assertThat(listener.getSummary().getFailures())
                .extracting(TestExecutionSummary.Failure::getException)
                .allSatisfy(failure -> assertThat(failure).isNotInstanceOf(TimeoutException.class));
    }

    abstract static class Mutant extends MemoryTargetKit {

        abstract void save(List<Record> records) throws IOException;

        void open() {}

        final void store(List<Record> records) throws IOException {
            for (Record record : records) {
                storage.store(record.toJson());
            }
        }

        @Override
        protected Target target(TargetOptions options) {
            return new Target(options) {
                @Override
                protected void open() {
                    Mutant.this.open();
                }

                @Override
                protected void save(List<Record> records) throws IOException {
                    Mutant.this.save(records);
                }
            };
        }
    }

    static class LosesTheLastOfABatch extends Mutant {

        @Override
        void save(List<Record> records) throws IOException {
            store(records.subList(0, records.size() - 1));
        }
    }

    static class AcknowledgesBeforeItStores extends Mutant {

        private final ExecutorService later = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "later");
            thread.setDaemon(true);
            return thread;
        });
        private List<Record> waiting = List.of();

        @Override
        void save(List<Record> records) {
            List<Record> before = waiting;
            waiting = records;
            later.execute(() -> {
                try {
                    store(before);
                } catch (IOException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        @Override
        protected boolean isOfStorage(Thread thread) {
            return thread.getName().equals("later");
        }
    }

    static class TurnsBatchesRound extends Mutant {

        @Override
        void save(List<Record> records) throws IOException {
            List<Record> turned = new ArrayList<>(records);
            Collections.reverse(turned);
            store(turned);
        }
    }

    static class SwallowsFailures extends Mutant {

        @Override
        void save(List<Record> records) throws IOException {
            for (Record record : records) {
                try {
                    storage.store(record.toJson());
                } catch (IOException e) {
                    // The fault: nobody hears of it; now and then one comes through.
                    if (record.ordinal() == 4) {
                        throw e;
                    }
                }
            }
        }
    }

    static class PassesStatementsOver extends Mutant {

        @Override
        protected Target target(TargetOptions options) {
            return new Target(options) {
                @Override
                protected void save(List<Record> records) throws IOException {
                    store(records);
                }

                @Override
                protected void executeDdl(Statement statement) {
                    // The fault: acknowledged, and never applied.
                }
            };
        }

        @Override
        void save(List<Record> records) {}
    }

    static class ForgetsAtEachStart extends Mutant {

        @Override
        void open() {
            storage.clear();
        }

        @Override
        void save(List<Record> records) throws IOException {
            store(records);
        }
    }

    static class StoresTwice extends Mutant {

        @Override
        void save(List<Record> records) throws IOException {
            store(records);
            store(records);
        }
    }

    static class LeavesAThread extends Mutant {

        @Override
        void open() {
            Thread thread = new Thread(
                    () -> {
                        try {
                            Thread.currentThread().join(30_000);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "left-behind");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        void save(List<Record> records) throws IOException {
            store(records);
        }
    }

    static class MirrorLosesTheLastOfABatch extends MemoryMirrorKit {

        @Override
        List<Record> written(List<Record> records) {
            return records.subList(0, records.size() - 1);
        }
    }

    static class MirrorTurnsBatchesRound extends MemoryMirrorKit {

        @Override
        List<Record> written(List<Record> records) {
            List<Record> turned = new ArrayList<>(records);
            Collections.reverse(turned);
            return turned;
        }
    }

    static class MirrorKeepsDeletedRows extends MemoryMirrorKit {

        @Override
        void delete(String key) {
            // The fault: the row stays.
        }
    }

    static class MirrorIsOneBatchBehind extends MemoryMirrorKit {

        private List<Record> waiting = List.of();

        @Override
        List<Record> written(List<Record> records) {
            List<Record> before = waiting;
            waiting = records;
            return before;
        }
    }

    static class MirrorSwallowsFailures extends MemoryMirrorKit {

        @Override
        void write(Record record) throws IOException {
            try {
                super.write(record);
            } catch (IOException e) {
                // The fault: nobody hears of it; now and then one comes through.
                if (record.ordinal() == 4) {
                    throw e;
                }
            }
        }
    }

    static class MirrorPassesOverTruncate extends MemoryMirrorKit {

        @Override
        void truncate(TableId table) {
            // The fault: acknowledged, and never applied.
        }
    }
}
