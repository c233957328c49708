// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.NativeJson;
import io.millrace.mongo.internal.bson.BsonFixture;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventMapperTest {

    private static final String HEAD =
            "{'_id': {'_data': '82AB'}, 'clusterTime': {'$timestamp': {'t': 1733114951, 'i': 3}}, ";
    private static final String PEOPLE = "'ns': {'db': 'test', 'coll': 'people'}, ";
    private static final String KEY = "'documentKey': {'_id': 7}";

    private final EventMapper mapper = new EventMapper("people", JsonForm.PLAIN, true);

    @Nested
    class Records {

        @ParameterizedTest
        @CsvSource({"insert, INSERT", "update, UPDATE", "replace, UPDATE", "delete, DELETE"})
        void shouldTellTheKindByTheOperation(String operation, Record.Kind kind) {
            Record record = record(HEAD + PEOPLE + KEY + ", 'operationType': '" + operation + "'}");

            assertThat(record.kind()).isEqualTo(kind);
            assertThat(record.table()).isEqualTo(new TableId("test", "people"));
            assertThat(record.after() == null).isEqualTo(kind == Record.Kind.DELETE);
            assertThat(record.before() == null).isNotEqualTo(kind == Record.Kind.DELETE);
        }

        @Test
        void shouldTellFieldsThatAreMissingFromThoseThatAreNull() {
            RowImage row = record(HEAD + PEOPLE + KEY + ", 'operationType': 'update', 'fullDocument': null}")
                    .row();

            assertThat(row.has("fullDocument")).isTrue();
            assertThat(row.get("fullDocument")).isNull();
            assertThat(row.has("fullDocumentBeforeChange")).isFalse();
            assertThat(row.asMap())
                    .containsOnlyKeys("_id", "clusterTime", "documentKey", "fullDocument", "ns", "operationType");
        }

        @Test
        void shouldAnswerWithJavaTypesWhereFieldsAreNoDocuments() {
            RowImage row =
                    record(HEAD + PEOPLE + KEY + ", 'operationType': 'insert'}").row();

            assertThat(row.getLong("clusterTime")).isEqualTo(1733114951L);
            assertThat(row.getString("operationType")).isEqualTo("insert");
            assertThat(row.getString("documentKey")).isEqualTo("{\"_id\":7}");
        }

        @Test
        void shouldKeepFieldsThatTheManualDoesNotList() {
            RowImage row = record(HEAD + PEOPLE + KEY + ", 'operationType': 'insert', 'tier': {'n': 1}, 'x': 'y'}")
                    .row();

            assertThat(row.asMap()).containsEntry("tier", "{\"n\":1}").containsEntry("x", "\"y\"");
            assertThat(row.toString()).contains("operationType=insert");
        }

        @Test
        void shouldWriteExtendedJsonWhereItIsChosen() {
            EventMapper canonical = new EventMapper("people", JsonForm.CANONICAL, true);
            ChangeEvent event =
                    event(HEAD + PEOPLE + KEY + ", 'operationType': 'insert', 'txnNumber': {'$numberLong':" + " '5'}}");

            String json = canonical.map(event, alone(event), 0).toJson();

            assertThat(json)
                    .contains("\"clusterTime\":{\"$timestamp\":{\"t\":1733114951,\"i\":3}}")
                    .contains("\"documentKey\":{\"_id\":{\"$numberInt\":\"7\"}}")
                    .contains("\"txnNumber\":{\"$numberLong\":\"5\"}");
        }

        @Test
        void shouldTakeTheDocumentsKeyForTheKeyAndNotTheResumeToken() {
            Record record =
                    record(HEAD + PEOPLE + "'documentKey': {'country': 'se', '_id': 7}, 'operationType': 'insert'}");
            JsonBuffer key = new JsonBuffer();

            NativeJson.INSTANCE.forTable(record.schema()).writeKey(record.row(), key);

            assertThat(key).hasToString("{\"country\":\"se\",\"_id\":7}");
            assertThat(record.schema().primaryKey()).containsExactly("_id");
        }

        @Test
        void shouldShareTheSchemaAmongEventsOfACollection() {
            TableSchema first =
                    record(HEAD + PEOPLE + KEY + ", 'operationType': 'insert'}").schema();
            TableSchema other = record(
                            HEAD + "'ns': {'db': 'test', 'coll': 'pets'}, " + KEY + ", 'operationType': 'insert'}")
                    .schema();
            TableSchema again =
                    record(HEAD + PEOPLE + KEY + ", 'operationType': 'delete'}").schema();

            assertThat(again).isSameAs(first);
            assertThat(other).isNotSameAs(first);
        }

        @Test
        void shouldTellTheMomentOfTheChangeByTheServersClock() {
            Record record = record(HEAD + PEOPLE + KEY
                    + ", 'operationType': 'insert', 'wallTime': {'$date': '2024-12-02T04:49:12.120Z'}}");

            assertThat(record.source().eventTimestamp()).isEqualTo(1733114952L);
        }

        @Test
        void shouldRefuseTheChangeWhoseDocumentIsDamaged() {
            byte[] bson = BsonFixture.bytes(
                    HEAD + PEOPLE + KEY + ", 'operationType': 'insert', 'fullDocument': {'name': 'Alek'}}");
            bson[bson.length - 5] = (byte) 0xff;
            ChangeEvent event = new ChangeEvent(bson, "here");
            Record record = (Record) mapper.map(event, alone(event), 0);

            assertThatThrownBy(record::toJson)
                    .isInstanceOf(ChangeRejectedException.class)
                    .hasMessageContaining("fullDocument of insert at resume token 82AB")
                    .hasMessageContaining("UTF-8");
            assertThat(record.row().get("documentKey")).isEqualTo("{\"_id\":7}");
        }
    }

    @Nested
    class Transactions {

        @Test
        void shouldNameTheSessionAndTheNumberInIt() {
            ChangeEvent event = event(HEAD + PEOPLE + KEY + ", 'operationType': 'insert', 'txnNumber': {'$numberLong':"
                    + " '5'}, 'lsid': {'id': {'$uuid': '2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e'},"
                    + " 'uid': {'$binary': {'base64': '', 'subType': '00'}}}}");

            assertThat(event.transactionId()).isEqualTo("2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e:5");
            MongoTransaction of = new MongoTransaction(1, event.token(), event.transactionId(), 0);
            assertThat(mapper.map(event, of, 0).toJson())
                    .contains("\"transaction_id\":\"2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e:5\"");
        }

        /** As for an update that moves a document to another shard; their numbers begin anew for each. */
        @Test
        void shouldTellTransactionsOfTheServerFromEachOther() {
            ChangeEvent event = event(HEAD + PEOPLE + KEY + ", 'operationType': 'insert', 'txnNumber': {'$numberLong':"
                    + " '0'}, 'lsid': {'id': {'$uuid': '2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e'},"
                    + " 'uid': {'$binary': {'base64': '', 'subType': '00'}}, 'txnNumber': {'$numberLong': '5'},"
                    + " 'txnUUID': {'$uuid': '01234567-89ab-4cde-8f01-23456789abcd'}}}");

            assertThat(event.transactionId())
                    .isEqualTo("2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e:01234567-89ab-4cde-8f01-23456789abcd:0");
        }

        @Test
        void shouldNameNoneForAChangeByItself() {
            ChangeEvent event = event(HEAD + PEOPLE + KEY + ", 'operationType': 'insert'}");

            assertThat(event.transactionId()).isNull();
            assertThat(mapper.map(event, alone(event), 0).toJson()).contains("\"transaction_id\":null");
        }
    }

    @Nested
    class Statements {

        @ParameterizedTest
        @CsvSource({
            "create, CREATE_TABLE",
            "modify, ALTER_TABLE",
            "drop, DROP_TABLE",
            "createIndexes, CREATE_INDEX",
            "dropIndexes, DROP_INDEX",
            "shardCollection, ALTER_TABLE",
            "refineCollectionShardKey, ALTER_TABLE",
            "reshardCollection, ALTER_TABLE"
        })
        void shouldTellTheKindByTheOperation(String operation, Statement.Kind kind) {
            Statement statement = statement(
                    HEAD + PEOPLE + "'operationType': '" + operation + "', 'operationDescription': {'a': 1}}");

            assertThat(statement.kind()).isEqualTo(kind);
            assertThat(statement.tables()).containsExactly(new TableId("test", "people"));
            assertThat(statement.changesData()).isFalse();
            assertThat(statement.sql())
                    .isEqualTo("{\"_id\":{\"_data\":\"82AB\"},\"clusterTime\":1733114951,"
                            + "\"ns\":{\"db\":\"test\",\"coll\":\"people\"},\"operationDescription\":{\"a\":1},"
                            + "\"operationType\":\"" + operation + "\"}");
        }

        /** Those of resharding come without being asked for. */
        @ParameterizedTest
        @ValueSource(strings = {"reshardBegin", "reshardDoneCatchUp", "endOfTransaction"})
        void shouldKnowWhatChangesNothing(String operation) {
            Statement statement = statement(HEAD + "'operationType': '" + operation + "', 'reshardingUUID': 1}");

            assertThat(statement.kind()).isEqualTo(Statement.Kind.OTHER);
            assertThat(statement.changesData()).isFalse();
        }

        @Test
        void shouldNameBothCollectionsOfARename() {
            Statement statement =
                    statement(HEAD + PEOPLE + "'operationType': 'rename', 'to': {'db': 'old', 'coll': 'persons'}}");

            assertThat(statement.kind()).isEqualTo(Statement.Kind.RENAME_TABLE);
            assertThat(statement.tables())
                    .containsExactly(new TableId("test", "people"), new TableId("old", "persons"));
        }

        @Test
        void shouldNameNoCollectionWhereADatabaseIsDropped() {
            Statement statement = statement(HEAD + "'ns': {'db': 'test'}, 'operationType': 'dropDatabase'}");

            assertThat(statement.kind()).isEqualTo(Statement.Kind.DROP_DATABASE);
            assertThat(statement.database()).isEqualTo("test");
            assertThat(statement.tables()).isEmpty();
        }

        @Test
        void shouldTakeAnInvalidateForAStatementOfNothing() {
            Statement statement = statement(HEAD + "'operationType': 'invalidate'}");

            assertThat(statement.kind()).isEqualTo(Statement.Kind.OTHER);
            assertThat(statement.tables()).isEmpty();
            assertThat(statement.changesData()).isFalse();
        }

        @Test
        void shouldTakeOperationsOfLaterServersForStatementsThatMayChangeData() {
            Statement statement = statement(HEAD + PEOPLE + "'operationType': 'truncate'}");

            assertThat(statement.kind()).isEqualTo(Statement.Kind.OTHER);
            assertThat(statement.changesData()).isTrue();
        }
    }

    @Nested
    class Unreadable {

        @ParameterizedTest
        @ValueSource(strings = {"clusterTime", "operationType", "documentKey", "ns"})
        void shouldNameTheFieldThatAPipelineHasTakenAway(String field) {
            String others = HEAD + PEOPLE + KEY + ", 'operationType': 'insert'}";

            assertThatThrownBy(() -> event(others.replace("'" + field + "'", "'renamed'")))
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("an event's " + field + " is missing")
                    .hasMessageContaining("resume token 82AB");
        }

        /** Keys of different rows would be the same, and names of collections another's. */
        @ParameterizedTest
        @ValueSource(strings = {"'documentKey': {}", "'ns': {'db': 'test'}", "'ns': {'coll': 'people'}"})
        void shouldNotMakeRowsOfEventsOfWhichAPipelineHasTakenAPart(String rest) {
            String ns = rest.contains("ns") ? rest + ", " : PEOPLE;
            String key = rest.contains("documentKey") ? rest : KEY;

            assertThatThrownBy(() -> record(HEAD + ns + key + ", 'operationType': 'insert'}"))
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("a pipeline must leave it as it is")
                    .hasMessageContaining("resume token 82AB");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"{'_id': 5}", "{'_id': {'_data': 5}}", "{'_id': {'_data': '0162'}}", "{'_id': {}}", "{}"})
        void shouldRefuseEventsWithoutAResumeToken(String event) {
            assertThatThrownBy(() -> event(event))
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("resume token");
        }

        @Test
        void shouldRefuseAnEventThatIsCutOff() {
            byte[] bson = BsonFixture.bytes(HEAD + PEOPLE + KEY + ", 'operationType': 'insert'}");

            for (int length = 0; length < bson.length; length++) {
                byte[] cut = Arrays.copyOf(bson, length);
                assertThatThrownBy(() -> new ChangeEvent(cut, "here")).isInstanceOf(UnreadableEventException.class);
            }
        }

        @Test
        void shouldKeepOneSchemaForEachSetOfOtherFields() {
            Map<String, Object> plain = record(HEAD + PEOPLE + KEY + ", 'operationType': 'insert'}")
                    .row()
                    .asMap();
            Map<String, Object> more = record(HEAD + PEOPLE + KEY + ", 'operationType': 'insert', 'tier': 1}")
                    .row()
                    .asMap();

            assertThat(plain).doesNotContainKey("tier");
            assertThat(more).containsEntry("tier", "1");
        }
    }

    private Record record(String json) {
        ChangeEvent event = event(json);
        return (Record) mapper.map(event, alone(event), 0);
    }

    private Statement statement(String json) {
        ChangeEvent event = event(json);
        return (Statement) mapper.map(event, alone(event), 0);
    }

    private static ChangeEvent event(String json) {
        return new ChangeEvent(BsonFixture.bytes(json), "here");
    }

    private static MongoTransaction alone(ChangeEvent event) {
        return new MongoTransaction(1, event.token(), null, 0);
    }
}
