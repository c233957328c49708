// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.InvalidOptionsException;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineCheckpointsTest {

    private static final Set<String> BOTH = Set.of("a", "b");
    private static final Checkpoint A =
            new Checkpoint("fake", "{\"at\":10}", 110, new OpenTransaction("tx-11", 4), 3, 2, BOTH);
    private static final Checkpoint B = new Checkpoint("fake", "{\"at\":20}", 120, null, 5, 2, BOTH);

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private PipelineCheckpoints checkpoints;

    @BeforeEach
    void open() throws IOException {
        store.save("a", A);
        store.save("b", B);
        checkpoints = PipelineCheckpoints.open("orders", store, "ops");
    }

    @AfterEach
    void close() throws IOException {
        checkpoints.close();
    }

    @Test
    void shouldShowAllCheckpoints() throws Exception {
        assertThat(checkpoints.all()).containsExactly(Map.entry("a", A), Map.entry("b", B));
    }

    @Test
    void shouldHoldTheStoreUntilItIsClosed() throws Exception {
        assertThatThrownBy(() -> store.open("orders")).isInstanceOf(CheckpointException.class);

        checkpoints.close();

        store.open("orders");
    }

    @Test
    void shouldRefuseAnIdThatNoPipelineCanHave() {
        assertThatThrownBy(() -> PipelineCheckpoints.open("../orders", new InMemoryCheckpointStore()))
                .isInstanceOf(InvalidOptionsException.class);
    }

    @Nested
    class Rewind {

        @Test
        void shouldCarryTheHighestNumberAndEpochAndNothingOpen() throws Exception {
            checkpoints.rewind("a", "{\"at\":3}");

            assertThat(store.load("a")).isEqualTo(new Checkpoint("fake", "{\"at\":3}", 120, null, 5, 0, BOTH));
            assertThat(store.load("b")).isEqualTo(B);
        }

        @Test
        void shouldFindATargetWhoseCheckpointIsLost() throws Exception {
            store.delete("a");

            checkpoints.rewind("a", "{\"at\":3}");

            assertThat(store.load("a")).isEqualTo(new Checkpoint("fake", "{\"at\":3}", 120, null, 5, 0, BOTH));
        }

        @Test
        void shouldRefuseATargetThatIsNotKnown() {
            assertThatThrownBy(() -> checkpoints.rewind("typo", "{\"at\":3}"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("typo", "orders");
            assertThat(store.targets()).isEqualTo(BOTH);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "3", "null", "[]", "{"})
        void shouldRefuseWhatIsNoPosition(String position) {
            assertThatThrownBy(() -> checkpoints.rewind("a", position)).isInstanceOf(IllegalArgumentException.class);
            assertThat(store.load("a")).isEqualTo(A);
        }
    }

    @Nested
    class Reset {

        @Test
        void shouldLeaveNoPositionButTheHighestNumberAndEpoch() throws Exception {
            checkpoints.reset("a");

            assertThat(store.load("a")).isEqualTo(new Checkpoint("fake", null, 120, null, 5, 0, BOTH));
        }

        @Test
        void shouldRefuseATargetThatIsNotKnown() {
            assertThatThrownBy(() -> checkpoints.reset("typo"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("typo");
            assertThat(store.targets()).isEqualTo(BOTH);
        }
    }

    @Nested
    class Retire {

        @Test
        void shouldForgetTheTargetEverywhere() throws Exception {
            checkpoints.retire("a");

            assertThat(store.targets()).containsExactly("b");
            assertThat(store.load("b")).isEqualTo(new Checkpoint("fake", "{\"at\":20}", 120, null, 5, 2, Set.of("b")));
        }

        @Test
        void shouldForgetATargetWhoseCheckpointIsLost() throws Exception {
            store.delete("a");

            checkpoints.retire("a");

            assertThat(store.load("b").targets()).containsExactly("b");
        }

        @Test
        void shouldRefuseATargetThatIsNotKnown() throws Exception {
            checkpoints.retire("a");

            assertThatThrownBy(() -> checkpoints.retire("a"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("has no target a");
        }
    }

    @Nested
    class Import {

        @Test
        void shouldBringBackWhatWasExported() throws Exception {
            String export = checkpoints.exportJson();
            store.delete("a");
            store.delete("b");

            checkpoints.importJson(export);

            assertThat(store.load("a")).isEqualTo(A);
            assertThat(store.load("b")).isEqualTo(B);
        }

        @Test
        void shouldKeepTheNumberOfAnOlderCheckpointButNotItsEpoch() throws Exception {
            String export = checkpoints.exportJson();
            store.save("a", new Checkpoint("fake", "{\"at\":90}", 190, null, 8, 2, BOTH));

            checkpoints.importJson(export);

            assertThat(store.load("a")).isEqualTo(new Checkpoint("fake", "{\"at\":10}", 110, A.open(), 8, 2, BOTH));
        }

        @Test
        void shouldNotGoBackToNumbersOfAnOlderNumbering() throws Exception {
            String export = checkpoints.exportJson();
            store.save("a", new Checkpoint("fake", "{\"at\":90}", 9_000, null, 8, 7, BOTH));

            checkpoints.importJson(export);

            assertThat(store.load("a")).isEqualTo(new Checkpoint("fake", "{\"at\":10}", 9_000, A.open(), 8, 0, BOTH));
        }

        @Test
        void shouldNotGoBackToNumbersFromBeforeAnotherRewind() throws Exception {
            checkpoints.rewind("a", "{\"at\":3}");
            String export = checkpoints.exportJson();
            store.save("a", new Checkpoint("fake", "{\"at\":4}", 9_000, null, 8, 0, BOTH));

            checkpoints.importJson(export);

            assertThat(store.load("a").transaction()).isEqualTo(9_000);
        }

        @Test
        void shouldLeaveTargetsAloneThatTheDocumentDoesNotHold() throws Exception {
            String export = checkpoints.exportJson();
            Checkpoint added = new Checkpoint("fake", "{\"at\":5}", 105, null, 5, 2, BOTH);
            store.save("c", added);

            checkpoints.importJson(export);

            assertThat(store.load("c")).isEqualTo(added);
        }

        @Test
        void shouldRefuseTheExportOfAnotherPipeline() throws Exception {
            String export = checkpoints.exportJson().replace("\"orders\"", "\"invoices\"");

            assertRefused(export, "invoices");
        }

        @Test
        void shouldRefuseANewerFormat() throws Exception {
            assertRefused("{\"format\":2,\"anything\":\"else\"}", "format 2");
        }

        @Test
        void shouldRefuseTheWholeDocumentForOneDamagedCheckpoint() throws Exception {
            String export = checkpoints.exportJson();
            String last = export.substring(export.lastIndexOf("\"epoch\""));

            assertRefused(export.replace(last, last.replace("epoch", "epic")), "target b");
        }

        @Test
        void shouldRefuseANameThatLeadsElsewhere() throws Exception {
            assertRefused(checkpoints.exportJson().replace("\"b\" :", "\"../b\" :"), "../b");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "{}",
                    "null",
                    "not JSON",
                    "{\"format\":0,\"pipeline\":\"orders\",\"checkpoints\":{}}",
                    "{\"format\":1,\"checkpoints\":{}}",
                    "{\"format\":1,\"pipeline\":\"orders\",\"checkpoints\":[]}",
                    "{\"format\":1,\"pipeline\":\"orders\",\"checkpoints\":{}} {}",
                    "{\"format\":1,\"pipeline\":\"orders\",\"checkpoints\":{},\"checkpoints\":{}}"
                })
        void shouldRefuseWhatIsNoExport(String document) throws Exception {
            assertRefused(document, "the document");
        }

        private void assertRefused(String document, String why) {
            store.save("a", B);

            assertThatThrownBy(() -> checkpoints.importJson(document))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(why, "Nothing was imported");
            assertThat(store.load("a")).isEqualTo(B);
            assertThat(store.targets()).isEqualTo(BOTH);
        }
    }
}
