// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import io.millrace.core.Finding;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import java.time.Duration;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

class MongoOptionsTest {

    private static final PipelineOptions PIPELINE = PipelineOptions.builder("test")
            .checkpoints(new InMemoryCheckpointStore())
            .build();

    private static MongoOptions.Builder valid() {
        return MongoOptions.builder()
                .uri("mongodb://reader:secret@one:27017,two:27017/?replicaSet=rs")
                .startFrom(StartFrom.latest())
                .pipeline(PIPELINE);
    }

    @Test
    void shouldHaveTheseDefaults() {
        MongoOptions options = valid().build();

        assertThat(options.watch()).isEqualTo(WatchScope.deployment());
        assertThat(options.pipelineStages()).isEmpty();
        assertThat(options.fullDocument()).isEqualTo(FullDocument.DEFAULT);
        assertThat(options.beforeImage()).isEqualTo(FullDocumentBeforeChange.OFF);
        assertThat(options.expandedEvents()).isFalse();
        assertThat(options.splitLargeEvents()).isFalse();
        assertThat(options.jsonForm()).isEqualTo(JsonForm.PLAIN);
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.maxAwait()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldFindAllThatIsWrongAtOnce() {
        assertThatThrownBy(() -> MongoOptions.builder()
                        .pipelineStages(List.of(BsonDocument.parse("{$changeStreamSplitLargeEvent: {}}")))
                        .connectTimeout(Duration.ZERO)
                        .maxAwait(Duration.ofHours(2))
                        .readTimeout(Duration.ZERO)
                        .build())
                .isInstanceOfSatisfying(
                        InvalidOptionsException.class,
                        e -> assertThat(e.findings())
                                .extracting(Finding::setting)
                                .containsExactly(
                                        "uri",
                                        "startFrom",
                                        "pipeline",
                                        "pipelineStages",
                                        "connectTimeout",
                                        "maxAwait",
                                        "readTimeout"));
    }

    @Test
    void shouldRefuseWhatIsNoConnectionStringWithoutRepeatingIt() {
        assertThatThrownBy(() -> valid().uri("postgres://reader:secret@one").build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("uri")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> valid().uri("mongodb://reader:se/cret@one").build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageNotContaining("cret");
    }

    @Test
    void shouldRefuseRulesOfColumnsThatWouldLetDocumentsThrough() {
        PipelineOptions rules = PipelineOptions.builder("people")
                .checkpoints(new InMemoryCheckpointStore())
                .filter(TableFilter.builder()
                        .excludeColumns("shop", "people", "card")
                        .build())
                .build();

        assertThatThrownBy(() -> valid().pipeline(rules).build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("pipeline.filter")
                .hasMessageContaining("wholeEvents(false)");
        valid().pipeline(rules)
                .wholeEvents(false)
                .fullDocument(FullDocument.UPDATE_LOOKUP)
                .build();
    }

    @Test
    void shouldKeepThePasswordOutOfItsText() {
        assertThat(valid().build().toString())
                .contains("one:27017")
                .doesNotContain("secret")
                .doesNotContain("reader");
    }

    @Test
    void shouldNameWhatIsWatched() {
        assertThat(WatchScope.deployment()).hasToString("deployment");
        assertThat(WatchScope.database("shop")).hasToString("shop");
        assertThat(WatchScope.collection("shop", "orders")).hasToString("shop.orders");
        assertThatThrownBy(() -> WatchScope.collection("", "orders"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("orders is of no database");
    }
}
