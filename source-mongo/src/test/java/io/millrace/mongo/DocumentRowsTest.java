// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.changestream.FullDocument;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.NativeJson;
import io.millrace.mongo.internal.bson.BsonFixture;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose rows are documents, and not the events that they came in. */
@Timeout(120)
class DocumentRowsTest {

    private final EventMapper mapper = new EventMapper("people", JsonForm.PLAIN, false);

    private Record record(String operation, String fields) {
        return (Record) mapper.map(event(operation, fields), new MongoTransaction(1, "82AB", null, 0), 0);
    }

    private static ChangeEvent event(String operation, String fields) {
        return new ChangeEvent(
                BsonFixture.bytes("{'_id': {'_data': '82AB'}, 'clusterTime': {'$timestamp': {'t': 1733114951, 'i': 3}},"
                        + " 'ns': {'db': 'test', 'coll': 'people'}, 'documentKey': {'_id': 7}, 'operationType': '"
                        + operation + "'" + fields + "}"),
                "here");
    }

    @Test
    void shouldHaveTheFieldsOfTheDocumentForColumns() {
        Record record = record(
                "insert", ", 'fullDocument': {'_id': 7, 'name': 'Alek', 'age': 39, 'gone': null, 'tags': ['a']}");

        assertThat(record.row().asMap())
                .containsEntry("_id", "7")
                .containsEntry("name", "\"Alek\"")
                .containsEntry("age", "39")
                .containsEntry("gone", null)
                .containsEntry("tags", "[\"a\"]")
                .hasSize(5);
        assertThat(record.toJson())
                .contains("\"record\":{\"_id\":7,\"name\":\"Alek\",\"age\":39,\"gone\":null,\"tags\":[\"a\"]}");
        JsonBuffer key = new JsonBuffer();
        NativeJson.INSTANCE.forTable(record.schema()).writeKey(record.row(), key);
        assertThat(key).hasToString("{\"_id\":7}");
    }

    @Test
    void shouldShowTheDocumentBeforeWhereTheEventHasIt() {
        Record update = record(
                "update", ", 'fullDocument': {'_id': 7, 'age': 30}, 'fullDocumentBeforeChange': {'_id': 7, 'old': 1}");
        Record delete = record("delete", ", 'fullDocumentBeforeChange': {'_id': 7, 'age': 30}");

        assertThat(Objects.requireNonNull(update.before()).asMap()).containsOnlyKeys("_id", "old");
        assertThat(Objects.requireNonNull(update.after()).asMap()).containsOnlyKeys("_id", "age");
        assertThat(update.before().schema()).isSameAs(update.after().schema());
        assertThat(Objects.requireNonNull(delete.before()).asMap()).containsEntry("age", "30");
        assertThat(delete.after()).isNull();
    }

    @Test
    void shouldShowTheKeyAloneWhereThereIsNoDocument() {
        assertThat(record("delete", "").row().asMap()).containsOnlyKeys("_id").containsEntry("_id", "7");
        assertThat(record("update", ", 'fullDocument': null").row().asMap()).containsOnlyKeys("_id");
    }

    /** Mirrors must know whether a field is gone, or not told. */
    @Test
    void shouldTellAWholeDocumentFromItsKeyAlone() {
        record("insert", ", 'fullDocument': {'_id': 7, 'a': 1}");
        Record other = record(
                "update", ", 'fullDocument': {'_id': 8, 'b': 2}, 'fullDocumentBeforeChange': {'_id': 8, 'a': 1}");

        assertThat(other.row().has("a")).isFalse();
        assertThat(other.row().isWhole()).isTrue();
        assertThat(Objects.requireNonNull(other.before()).isWhole()).isTrue();
        assertThat(record("update", ", 'fullDocument': null").row().isWhole())
                .as("deleted before it was looked up")
                .isTrue();
        assertThat(record("update", "").row().isWhole()).isFalse();
        assertThat(record("delete", "").row().isWhole()).isFalse();
    }

    @Test
    void shouldWidenOneSchemaForDocumentsThatDiffer() {
        Record first = record("insert", ", 'fullDocument': {'_id': 7, 'a': 1}");
        Record second = record("insert", ", 'fullDocument': {'_id': 8, 'b': 2}");
        Record third = record("insert", ", 'fullDocument': {'b': 3, '_id': 9}");
        Record fourth = record("insert", ", 'fullDocument': {'a': 4, '_id': 10}");

        assertThat(second.schema()).isNotSameAs(first.schema());
        assertThat(third.schema()).isSameAs(second.schema());
        assertThat(fourth.schema()).isSameAs(second.schema());
        assertThat(third.row().has("a")).isFalse();
        assertThat(third.row().asMap()).containsEntry("_id", "9").containsEntry("b", "3");
        assertThat(first.row().asMap()).containsOnlyKeys("_id", "a");
    }

    @Test
    void shouldGiveADocumentASchemaOfItsOwnWhereTheCollectionsHasGrownTooWide() {
        Record first = record("insert", ", 'fullDocument': {'_id': 7, " + fields(0, 600) + "}");
        Record other = record("insert", ", 'fullDocument': {'_id': 8, " + fields(600, 1_200) + "}");
        Record wider = record(
                "update",
                ", 'fullDocument': {'_id': 9, " + fields(0, 1_500)
                        + "}, 'fullDocumentBeforeChange': {'_id': 9, 'old': 1}");
        Record again = record("insert", ", 'fullDocument': {'_id': 10, " + fields(0, 600) + "}");

        assertThat(other.schema().size()).isEqualTo(601);
        assertThat(other.row().asMap()).hasSize(601).containsEntry("f601", "601");
        assertThat(wider.schema().size()).isEqualTo(1_502);
        assertThat(wider.row().asMap()).hasSize(1_501).containsEntry("f1499", "1499");
        assertThat(Objects.requireNonNull(wider.before()).asMap()).containsOnlyKeys("_id", "old");
        assertThat(again.schema()).isSameAs(first.schema());
    }

    @Test
    void shouldShareASchemaOfDocumentsThatAreAllWide() {
        Record first = record("insert", ", 'fullDocument': {'_id': 7, " + fields(0, 1_500) + "}");
        Record second = record("insert", ", 'fullDocument': {'_id': 8, " + fields(0, 1_500) + "}");

        assertThat(second.schema()).isSameAs(first.schema());
    }

    /** Otherwise rows that wait would hold many times what is counted of them. */
    @Test
    void shouldCountASchemaOnceForTheEventThatItWasMadeFor() {
        Record first = record("insert", ", 'fullDocument': {'_id': 7, " + fields(0, 900) + "}");
        Record second = record("insert", ", 'fullDocument': {'_id': 7, " + fields(0, 900) + "}");
        Record own = record("insert", ", 'fullDocument': {'_id': 7, " + fields(900, 1_100) + "}");

        assertThat(first.sizeBytes() - second.sizeBytes())
                .isEqualTo(first.schema().sizeBytes());
        assertThat(second.sizeBytes()).as("with a place for each column").isGreaterThan(900 * 5);
        assertThat(own.sizeBytes()).isGreaterThan(own.schema().sizeBytes());
    }

    @Test
    void shouldCountTheSchemaOfAnEventWithFieldsOfItsOwn() {
        EventMapper events = new EventMapper("people", JsonForm.PLAIN, true);
        MongoTransaction of = new MongoTransaction(1, "82AB", null, 0);

        Record first = (Record) events.map(event("insert", ", " + fields(0, 100)), of, 0);
        Record second = (Record) events.map(event("insert", ", " + fields(0, 100)), of, 1);

        assertThat(second.schema()).isSameAs(first.schema());
        assertThat(first.sizeBytes() - second.sizeBytes())
                .isEqualTo(first.schema().sizeBytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHoldNoMoreThanItCountsHoweverManySetsOfFieldsThereAre(boolean wholeEvents) throws Exception {
        assertThat(FieldSets.run("48m", 10_000, wholeEvents)).isEqualTo("10000");
    }

    @Test
    @Tag("long")
    void shouldTakeManySetsOfFields() throws Exception {
        assertThat(FieldSets.run("48m", 200_000, false)).isEqualTo("200000");
    }

    private static String fields(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "'f" + i + "': " + i).collect(Collectors.joining(", "));
    }

    @Test
    void shouldKeepStatementsAsTheyAre() {
        ChangeEvent event = event("drop", "");

        Statement statement = (Statement) mapper.map(event, new MongoTransaction(1, "82AB", null, 0), 0);

        assertThat(statement.sql()).contains("\"operationType\":\"drop\"");
    }

    @ParameterizedTest
    @EnumSource(
            value = FullDocument.class,
            names = {"DEFAULT", "WHEN_AVAILABLE"})
    void shouldWantUpdatesToComeWithADocument(FullDocument mode) {
        assertThatThrownBy(() -> Captured.source("mongodb://one", new InMemoryCheckpointStore())
                        .wholeEvents(false)
                        .fullDocument(mode)
                        .build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("wholeEvents(false)")
                .hasMessageContaining("UPDATE_LOOKUP");
    }

    @Test
    void shouldShowLoadedDocumentsLikeThoseOfTheStream() throws Exception {
        try (ScriptedDeployment db = new ScriptedDeployment(false)) {
            db.insertAll("people", List.of("1", "\"two\""));
            MongoOptions options = Captured.source(db.uri(), new InMemoryCheckpointStore())
                    .watch(WatchScope.database("test"))
                    .wholeEvents(false)
                    .fullDocument(FullDocument.UPDATE_LOOKUP)
                    .startFrom(StartFrom.initialLoad())
                    .build();
            try (Captured captured = Captured.start(options)) {
                captured.upTo(2);
                db.insert("people", 3, "Cy");
                db.delete("people", 1);
                captured.upTo(4);

                assertThat(captured.changes())
                        .extracting(change -> ((Record) change).kind() + " "
                                + ((Record) change).row().asMap())
                        .containsExactly(
                                "READ {_id=1, name=\"one of many\"}",
                                "READ {_id=\"two\", name=\"one of many\"}",
                                "INSERT {_id=3, name=\"Cy\"}",
                                "DELETE {_id=1}");
            }
        }
    }
}
