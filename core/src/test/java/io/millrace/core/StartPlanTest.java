// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static io.millrace.core.StartPlan.LEAP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.FakeLog.Offset;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointLostException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.internal.delivery.LaneStart;
import io.millrace.core.source.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StartPlanTest {

    private static final long SOURCE_STARTS_AT = 40;

    private final Source source = new FakeLog().source();
    private final List<StartTarget> targets = new ArrayList<>();
    private Set<String> stored = Set.of();
    private boolean expectCheckpoint;
    private int askedForFirst;

    @Nested
    class Positions {

        @Test
        void shouldBeginEachTargetWhereItIsAndTheSourceAtTheLowest() throws Exception {
            target("a", counted(7, 7));
            target("b", counted(3, 3));

            StartPlan plan = plan();

            assertThat(plan.lowest()).isEqualTo(new Offset(3));
            assertThat(positions(plan)).containsExactly(7L, 3L);
            assertThat(askedForFirst).isZero();
        }

        @Test
        void shouldBeginWhereTheSourceSaysWithoutACheckpoint() throws Exception {
            target("a", null);
            target("b", null);

            StartPlan plan = plan();

            assertThat(positions(plan)).containsExactly(SOURCE_STARTS_AT, SOURCE_STARTS_AT);
            assertThat(askedForFirst).isEqualTo(1);
        }

        @Test
        void shouldNoticeThatTheFilterIsAnother() throws Exception {
            String now = TableFilter.includeAll().fingerprint();
            String other = TableFilter.builder().exclude("a", "b").build().fingerprint();
            target("same", new Checkpoint("fake", "{\"at\":7}", 7, null, 3, 1, Set.of(), now));
            target("other", new Checkpoint("fake", "{\"at\":7}", 7, null, 3, 1, Set.of(), other));
            target("unknown", counted(7, 7));
            target("new", null);

            assertThat(plan().ofAnotherFilter()).containsExactly("other");
        }

        @Test
        void shouldBeginAnewAfterAReset() throws Exception {
            target("a", new Checkpoint("fake", null, 9, null, 3, 0, Set.of("a")));

            assertThat(plan().lowest()).isEqualTo(new Offset(SOURCE_STARTS_AT));
        }

        @Test
        void shouldBeginAnAddedTargetWhereItsOptionSays() throws Exception {
            target("a", counted(7, 7));
            target("b", counted(5, 5));
            target("bySource", TargetStart.bySource(), null);
            target("withOthers", TargetStart.withOthers(), null);
            target("at", TargetStart.at(new Offset(6)), null);

            assertThat(positions(plan())).containsExactly(7L, 5L, SOURCE_STARTS_AT, 5L, 6L);
        }

        @Test
        void shouldNotLookAtTheStartOptionOfATargetThatHasACheckpoint() throws Exception {
            target("a", TargetStart.at(new Offset(1)), counted(7, 7));
            target("b", TargetStart.withOthers(), counted(9, 9));

            assertThat(positions(plan())).containsExactly(7L, 9L);
        }

        @Test
        void shouldBeginWithTheSourceWhenThereAreNoOthersToBeginWith() throws Exception {
            target("a", TargetStart.withOthers(), null);
            target("b", TargetStart.at(new Offset(2)), null);

            assertThat(positions(plan())).containsExactly(SOURCE_STARTS_AT, 2L);
        }

        @Test
        void shouldRefuseToBeginAtAPositionOfAnotherSource() {
            target("a", TargetStart.at(new Foreign()), null);

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContainingAll("a", "start", "token", "fake");
        }

        @Test
        void shouldNameThePositionThatCannotBeRead() {
            target("a", new Checkpoint("fake", "{\"token\":\"x\"}", 1, null, 1));

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("target a", "token");
        }

        @Test
        void shouldRefuseACheckpointOfAnotherSource() {
            target("a", counted(1, 1));
            target("b", new Checkpoint("mysql", "{\"at\":1}", 1, null, 1));

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("target b", "mysql", "fake");
        }
    }

    @Nested
    class Numbers {

        @Test
        void shouldCountFromTheFirstStart() throws Exception {
            target("a", null);

            StartPlan plan = plan();

            assertThat(plan.number()).isZero();
            long numbering = from(plan, 0).numbering();
            assertThat(numbering).isPositive();
            assertThat(from(plan, 0)).isEqualTo(new Checkpoint("fake", "{\"at\":40}", 0, null, 1, numbering, Set.of()));
        }

        @Test
        void shouldCountOnFromWhereTargetsAre() throws Exception {
            Checkpoint open = new Checkpoint("fake", "{\"at\":7}", 107, new OpenTransaction("tx-8", 3), 4, 2, Set.of());
            target("a", open);
            target("b", new Checkpoint("fake", "{\"at\":7}", 107, null, 5, 2, Set.of()));

            StartPlan plan = plan();

            assertThat(plan.number()).isEqualTo(107);
            assertThat(from(plan, 0)).isEqualTo(open);
        }

        /** What comes between them may come in another order from another server. */
        @Test
        void shouldLeapWhereTargetsAreApart() throws Exception {
            Checkpoint ahead =
                    new Checkpoint("fake", "{\"at\":7}", 107, new OpenTransaction("tx-8", 3), 4, 2, Set.of());
            target("a", ahead);
            target("b", new Checkpoint("fake", "{\"at\":3}", 103, null, 5, 2, Set.of()));

            StartPlan plan = plan();

            assertThat(plan.number()).isEqualTo(107 + LEAP);
            assertThat(from(plan, 0)).isEqualTo(ahead);
        }

        @Test
        void shouldTellWhichNumbersStandForTransactionsThatTargetsHaveAPartOf() throws Exception {
            target("a", new Checkpoint("fake", "{\"at\":7}", 107, new OpenTransaction("tx-8", 3), 4, 2, Set.of()));
            target("b", new Checkpoint("fake", "{\"at\":7}", 107, null, 5, 2, Set.of()));

            assertThat(plan().begun()).isEqualTo(Map.of(108L, "tx-8"));
        }

        @Test
        void shouldCountOnAboveANumberThatWasPassedOver() throws Exception {
            target("a", new Checkpoint("fake", "{\"at\":7}", 107, null, 4, 2, Set.of()));
            target("b", new Checkpoint("fake", "{\"at\":7}", 108, new OpenTransaction("tx-9", 0), 5, 2, Set.of()));

            assertThat(plan().number()).isEqualTo(108);
        }

        @Test
        void shouldNotGiveNumbersTwiceWhenATargetIsAddedBeforeTheOthers() throws Exception {
            target("a", counted(50, 5_000));
            target("new", null);

            StartPlan plan = plan();

            assertThat(plan.number()).isEqualTo(5_000 + LEAP);
            assertThat(from(plan, 1).transaction()).isEqualTo(5_000 + LEAP);
            assertThat(from(plan, 1).numbering()).isGreaterThan(from(plan, 0).numbering());
            assertThat(from(plan, 0)).isEqualTo(counted(50, 5_000));
        }

        @Test
        void shouldCountOnWhenATargetIsAddedAheadOfTheOthers() throws Exception {
            target("a", counted(30, 5_000));
            target("new", null);

            StartPlan plan = plan();

            assertThat(plan.number()).isEqualTo(5_000);
            assertThat(from(plan, 1).transaction()).isEqualTo(5_000);
            assertThat(from(plan, 1).numbering()).isZero();
        }

        @Test
        void shouldCountOnWhenATargetIsAddedWithTheOthers() throws Exception {
            target("a", counted(30, 5_000));
            target("new", TargetStart.withOthers(), null);

            StartPlan plan = plan();

            assertThat(plan.number()).isEqualTo(5_000);
            assertThat(from(plan, 1).transaction()).isEqualTo(5_000);
            assertThat(from(plan, 1).numbering()).isEqualTo(1);
        }

        @Test
        void shouldLeapWhenTheLowestPositionWasChosen() throws Exception {
            target("a", counted(50, 5_000));
            target("rewound", new Checkpoint("fake", "{\"at\":9}", 5_000, null, 1, 0, Set.of()));

            assertThat(plan().number()).isEqualTo(5_000 + LEAP);
        }

        @Test
        void shouldLeapAboveWhatAResetTargetWasGiven() throws Exception {
            target("reset", new Checkpoint("fake", null, 5_000, null, 1, 0, Set.of()));

            assertThat(plan().number()).isEqualTo(5_000 + LEAP);
        }

        @Test
        void shouldLeapThoughNoNumberIsKnownToBeGivenOut() throws Exception {
            target("rewound", new Checkpoint("fake", "{\"at\":9}", 0, null, 1, 0, Set.of()));

            assertThat(plan().number()).isEqualTo(LEAP);
        }

        @Test
        void shouldLeapWhereWhatFollowsIsOtherTransactionsThanBefore() throws Exception {
            target("a", counted(-3, 103));
            target("b", counted(-2, 105));

            StartPlan plan = plan();

            assertThat(plan.number()).isEqualTo(105 + LEAP);
            assertThat(plan.begun()).isEmpty();
        }

        @Test
        void shouldLeapWhenTargetsWereCountedApart() throws Exception {
            target("low", new Checkpoint("fake", "{\"at\":3}", 103, null, 4, 1, Set.of()));
            target("high", new Checkpoint("fake", "{\"at\":4}", 9_000, null, 6, 5, Set.of()));

            StartPlan plan = plan();

            assertThat(plan.number()).isEqualTo(9_000 + LEAP);
        }

        @Test
        void shouldTellItsEpochFromAllBefore() throws Exception {
            target("a", new Checkpoint("fake", "{\"at\":9}", 9, null, 4, 1, Set.of()));
            target("b", new Checkpoint("fake", null, 9, null, 6, 0, Set.of()));

            assertThat(from(plan(), 1).numbering()).isZero();
            targets.remove(0);
            assertThat(from(plan(), 0).numbering()).isGreaterThan(6);
        }
    }

    @Nested
    class Lost {

        @Test
        void shouldMissACheckpointThatAnotherTargetTellsOf() {
            target("a", naming("b"));
            target("b", null);

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointLostException.class)
                    .hasMessageContainingAll("target b", "[a]", "PipelineCheckpoints.reset(\"b\")");
        }

        @Test
        void shouldMissTheCheckpointOfATargetThatKeepsItsOwn() {
            target("a", naming("keeper"));
            targets.add(new StartTarget("keeper", TargetStart.bySource(), true, null));

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointLostException.class)
                    .hasMessageContaining("PipelineCheckpoints.retire(\"keeper\").");
        }

        @Test
        void shouldSayHowTargetsForgetThatKeepTheirOwnCheckpoints() {
            targets.add(new StartTarget("a", TargetStart.bySource(), true, naming("keeper")));
            targets.add(new StartTarget("keeper", TargetStart.bySource(), true, null));

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointLostException.class)
                    .hasMessageContaining("and one start without the target");
        }

        @Test
        void shouldMissTheStoreThatATargetTellsOfWhichKeepsItsOwn() {
            targets.add(new StartTarget("keeper", TargetStart.bySource(), true, naming("a")));
            target("a", null);

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointLostException.class)
                    .hasMessageContaining("PipelineCheckpoints.reset(\"a\")");
        }

        @Test
        void shouldNotBeginAnewWhenATargetTakesToKeepingItsOwn() {
            targets.add(new StartTarget("keeper", TargetStart.bySource(), true, null));
            stored = Set.of("keeper");

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointLostException.class)
                    .hasMessageContaining("did not keep its own");
        }

        @Test
        void shouldNotMissATargetThatIsNamedNowhere() throws Exception {
            target("a", naming("a"));
            target("new", null);
            expectCheckpoint = true;

            assertThat(positions(plan())).containsExactly(1L, SOURCE_STARTS_AT);
        }

        @Test
        void shouldNotMissATargetThatWasReset() throws Exception {
            target("a", naming("b"));
            target("b", new Checkpoint("fake", null, 1, null, 1, 0, Set.of()));

            assertThat(positions(plan())).containsExactly(1L, SOURCE_STARTS_AT);
        }

        @Test
        void shouldMissExpectedCheckpointsWhenNoTargetHasOne() {
            target("a", null);
            target("b", null);
            expectCheckpoint = true;

            assertThatThrownBy(StartPlanTest.this::plan)
                    .isInstanceOf(CheckpointLostException.class)
                    .hasMessageContainingAll("[a, b]", "expectCheckpoint(false)");
        }
    }

    @Nested
    class Names {

        @Test
        void shouldNameNoTargetBeforeItHasACheckpoint() throws Exception {
            target("a", naming("a"));
            target("new", null);

            assertThat(plan().laneStarts().get(0).stamp().targetsWith("a")).containsExactly("a");
        }

        @Test
        void shouldCarryOnTheNamesOfTargetsThatAreNotInTheRun() throws Exception {
            target("a", naming("gone"));
            stored = Set.of("a", "older");

            assertThat(plan().laneStarts().get(0).stamp().targetsWith("a"))
                    .containsExactlyInAnyOrder("a", "gone", "older");
        }

        @Test
        void shouldForgetTargetsThatOnlyOneKeepingItsOwnCheckpointTellsOf() throws Exception {
            targets.add(new StartTarget("keeper", TargetStart.bySource(), true, naming("gone")));

            assertThat(plan().laneStarts().get(0).stamp().targetsWith("keeper")).containsExactly("keeper");
        }

        @Test
        void shouldStoreAtOnceWhatNoCheckpointSaysYet() throws Exception {
            target("a", naming("a", "b"));
            target("b", naming("b"));
            target("new", null);

            assertThat(plan().laneStarts()).extracting(LaneStart::unsaved).containsExactly(false, true, true);
        }
    }

    private static final class Foreign implements Position {

        @Override
        public String toJson() {
            return "{\"token\":\"x\"}";
        }

        @Override
        public boolean includes(Position other) {
            return false;
        }

        @Override
        public Position lowest(Position other) {
            return this;
        }
    }

    private static Checkpoint counted(long at, long number) {
        return new Checkpoint("fake", "{\"at\":" + at + "}", number, null, 1);
    }

    private static Checkpoint naming(String... names) {
        return new Checkpoint("fake", "{\"at\":1}", 1, null, 1, 1, Set.of(names));
    }

    private void target(String name, @Nullable Checkpoint checkpoint) {
        target(name, TargetStart.bySource(), checkpoint);
    }

    private void target(String name, TargetStart start, @Nullable Checkpoint checkpoint) {
        targets.add(new StartTarget(name, start, false, checkpoint));
    }

    private StartPlan plan() throws InterruptedException {
        PipelineOptions options = PipelineOptions.builder("test")
                .checkpoints(new InMemoryCheckpointStore())
                .expectCheckpoint(expectCheckpoint)
                .build();
        return new StartPlan(options, source, targets, stored, () -> {
            askedForFirst++;
            return new Offset(SOURCE_STARTS_AT);
        });
    }

    private static Checkpoint from(StartPlan plan, int target) {
        return plan.laneStarts().get(target).from();
    }

    private static List<Long> positions(StartPlan plan) {
        return plan.laneStarts().stream()
                .map(start -> ((Offset) start.position()).transactions())
                .toList();
    }
}
