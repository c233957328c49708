// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.AbsentValueException;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeJsonTest {

    private static final TableSchema SCHEMA = new TableSchema(
            new TableId("shop", "order \"lines\""),
            List.of(
                    Column.of("line", ColumnType.INT),
                    Column.of("order", ColumnType.LONG),
                    Column.of("text", ColumnType.STRING)),
            List.of("order", "line"));

    private static final RowImage OLD = RowImage.of(SCHEMA, Map.of("line", 1, "order", 7L, "text", "old"));
    private static final RowImage NEW = RowImage.of(SCHEMA, Map.of("line", 1, "order", 7L, "text", "new"));
    private static final String GTID = "3e11fa47-71ca-11e1-9e33-c80aa9429562:23";
    private static final SourceInfo SOURCE = source("binlog.000007", GTID, 1_733_197_735_123_456L);

    private static SourceInfo source(String file, String globalId, long commitMicros) {
        Transaction transaction = new Transaction(5, GTID, globalId, commitMicros) {};
        return new SourceInfo("billing", file, 1_234_567_890_123L, transaction, 1_733_197_735L, null);
    }

    private static JsonNode read(String json) throws Exception {
        return new ObjectMapper().readTree(json);
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Nested
    class Records {

        @Test
        void shouldWriteAnInsertInThisForm() {
            Record record = new Record(Record.Kind.INSERT, null, NEW, SOURCE, 2);

            assertThat(NativeJson.toText(record))
                    .isEqualTo("{\"event_timestamp\":1733197735,\"event_type\":\"INSERT\",\"global_id\":\"" + GTID
                            + "\",\"position\":1234567890123,\"primary_key\":\"order,line\","
                            + "\"record\":{\"line\":1,\"order\":7,\"text\":\"new\"},"
                            + "\"schema_name\":\"shop\",\"service\":\"billing\",\"source\":\"binlog.000007\","
                            + "\"table_name\":\"order \\\"lines\\\"\",\"transaction_id\":\"" + GTID
                            + "\",\"commit_timestamp_us\":1733197735123456,\"ordinal\":2}");
            assertThat(record.toJson()).isEqualTo(NativeJson.toText(record));
            assertThat(record).hasToString(record.toJson());
        }

        @Test
        void shouldNameNoTransactionWhereNoneWasBegun() throws Exception {
            Transaction alone = new Transaction(5, "82AB", null, 0) {
                @Override
                public String shownId() {
                    return null;
                }
            };
            SourceInfo source = new SourceInfo("billing", null, 0, alone, 1_733_197_735L, null);

            JsonNode record = read(NativeJson.toText(new Record(Record.Kind.INSERT, null, NEW, source, 0)));
            JsonNode statement = read(new Statement(Statement.Kind.OTHER, "", List.of(), "", source, 0).toJson());

            assertThat(record.get("transaction_id").isNull()).isTrue();
            assertThat(statement.get("transaction_id").isNull()).isTrue();
        }

        @Test
        void shouldWriteBothImagesOfAnUpdate() throws Exception {
            JsonNode json = read(NativeJson.toText(new Record(Record.Kind.UPDATE, OLD, NEW, SOURCE, 0)));

            assertThat(json.get("event_type").textValue()).isEqualTo("UPDATE");
            assertThat(json.get("record").get("text").textValue()).isEqualTo("new");
            assertThat(json.get("before").get("text").textValue()).isEqualTo("old");
            assertThat(names(json))
                    .containsExactly(
                            "event_timestamp",
                            "event_type",
                            "global_id",
                            "position",
                            "primary_key",
                            "record",
                            "schema_name",
                            "service",
                            "source",
                            "table_name",
                            "transaction_id",
                            "before",
                            "commit_timestamp_us",
                            "ordinal");
        }

        @Test
        void shouldNumberWhatTransformsMadeOfOneChange() throws Exception {
            Record first = new Record(Record.Kind.INSERT, null, NEW, SOURCE, 7);

            assertThat(read(NativeJson.toText(first)).has("sub_ordinal")).isFalse();
            assertThat(read(NativeJson.toText(first.withSubOrdinal(2)))
                            .get("sub_ordinal")
                            .intValue())
                    .isEqualTo(2);
        }

        @Test
        void shouldWriteTheRowBeforeOfADelete() throws Exception {
            JsonNode json = read(NativeJson.toText(new Record(Record.Kind.DELETE, OLD, null, SOURCE, 0)));

            assertThat(json.get("event_type").textValue()).isEqualTo("DELETE");
            assertThat(json.get("record").get("text").textValue()).isEqualTo("old");
            assertThat(json.has("before")).isFalse();
        }

        @ParameterizedTest
        @EnumSource(Record.Kind.class)
        void shouldNameTheKind(Record.Kind kind) throws Exception {
            JsonNode json = read(NativeJson.toText(new Record(kind, null, NEW, SOURCE, 0)));

            assertThat(json.get("event_type").textValue()).isEqualTo(kind.name());
            assertThat(json.has("before")).isFalse();
        }

        @Test
        void shouldWriteNullForWhatTheSourceDoesNotTell() throws Exception {
            SourceInfo bare = source(null, null, 0);
            JsonNode json = read(NativeJson.toText(new Record(Record.Kind.READ, null, NEW, bare, 0)));

            assertThat(json.get("global_id").isNull()).isTrue();
            assertThat(json.get("source").isNull()).isTrue();
            assertThat(json.get("commit_timestamp_us").isNull()).isTrue();
            assertThat(json.get("transaction_id").textValue()).isEqualTo(GTID);
        }

        @Test
        void shouldWriteAnEmptyKeyOfATableWithoutOne() throws Exception {
            TableSchema keyless =
                    new TableSchema(new TableId("", "logs"), List.of(Column.of("a", ColumnType.INT)), List.of());
            RowImage row = RowImage.of(keyless, Map.of("a", 1));
            JsonNode json = read(NativeJson.toText(new Record(Record.Kind.INSERT, null, row, SOURCE, 0)));

            assertThat(json.get("primary_key").textValue()).isEmpty();
            assertThat(json.get("schema_name").textValue()).isEmpty();
        }

        @Test
        void shouldNotMixRecordsThatFollowEachOther() {
            TableFormat format = NativeJson.INSTANCE.forTable(SCHEMA);
            SourceInfo later = source("binlog.000008", null, 0);
            List<Record> records = List.of(
                    new Record(Record.Kind.INSERT, null, NEW, SOURCE, 0),
                    new Record(Record.Kind.INSERT, null, OLD, SOURCE, 1),
                    new Record(Record.Kind.DELETE, OLD, null, SOURCE, 2),
                    new Record(Record.Kind.UPDATE, OLD, NEW, later, 0),
                    new Record(Record.Kind.INSERT, null, NEW, SOURCE, 3));

            for (Record record : records) {
                JsonBuffer out = new JsonBuffer();
                format.write(record, out);
                assertThat(out).hasToString(NativeJson.toText(record));
            }
        }

        @Test
        void shouldWriteABeforeImageOfAnotherShapeByItsOwn() throws Exception {
            RowImage edited = OLD.without("text").with("added", true);
            JsonNode json = read(NativeJson.toText(new Record(Record.Kind.UPDATE, edited, NEW, SOURCE, 0)));

            assertThat(json.get("before")).isEqualTo(read("{\"line\":1,\"order\":7,\"added\":true}"));
            assertThat(json.get("record").get("text").textValue()).isEqualTo("new");
        }
    }

    @Nested
    class Keys {

        @Test
        void shouldWriteTheKeyInTheKeysOrder() {
            assertThat(key(SCHEMA, NEW)).isEqualTo("{\"order\":7,\"line\":1}");
        }

        @Test
        void shouldRefuseAKeyThatTheImageDoesNotTell() {
            RowImage partial = RowImage.of(SCHEMA, Map.of("order", 7L));

            assertThatThrownBy(() -> key(SCHEMA, partial))
                    .isInstanceOf(AbsentValueException.class)
                    .hasMessageContaining("line");
        }

        @Test
        void shouldFindTheKeyInAnImageOfAnotherShape() {
            RowImage edited = NEW.without("line").with("line", 1);

            assertThat(key(SCHEMA, edited)).isEqualTo("{\"order\":7,\"line\":1}");
        }

        private String key(TableSchema schema, RowImage row) {
            JsonBuffer out = new JsonBuffer();
            NativeJson.INSTANCE.forTable(schema).writeKey(row, out);
            return out.toString();
        }
    }

    @Nested
    class Statements {

        @Test
        void shouldWriteAStatementInThisForm() {
            Statement statement = statement(Statement.Kind.DROP_TABLE, new TableId("a", "t"), new TableId("b", "u"));

            assertThat(NativeJson.toText(statement))
                    .isEqualTo("{\"event_timestamp\":1733197735,\"event_type\":\"QUERY\",\"global_id\":\"" + GTID
                            + "\",\"kind\":\"DROP_TABLE\",\"position\":1234567890123,\"schema_name\":\"a\","
                            + "\"service\":\"billing\",\"source\":\"binlog.000007\",\"sql\":\"DROP \\\"x\\\"\\n\","
                            + "\"table_name\":\"t\",\"tables\":[{\"schema_name\":\"a\",\"table_name\":\"t\"},"
                            + "{\"schema_name\":\"b\",\"table_name\":\"u\"}],\"transaction_id\":\"" + GTID
                            + "\",\"commit_timestamp_us\":1733197735123456,\"ordinal\":4}");
            assertThat(statement.toJson()).isEqualTo(NativeJson.toText(statement));
            assertThat(statement).hasToString(statement.toJson());
        }

        @Test
        void shouldNameOneTable() throws Exception {
            JsonNode json = read(statement(Statement.Kind.TRUNCATE_TABLE, new TableId("a", "t"))
                    .toJson());

            assertThat(json.get("tables")).hasSize(1);
            assertThat(json.get("table_name").textValue()).isEqualTo("t");
        }

        @Test
        void shouldNameTheSessionsDatabaseWhenItNamesNoTable() throws Exception {
            JsonNode json = read(statement(Statement.Kind.OTHER).toJson());

            assertThat(json.get("schema_name").textValue()).isEqualTo("session");
            assertThat(json.get("table_name").isNull()).isTrue();
            assertThat(json.get("tables")).isEmpty();
        }

        private Statement statement(Statement.Kind kind, TableId... tables) {
            return new Statement(kind, "session", List.of(tables), "DROP \"x\"\n", SOURCE, 4);
        }
    }
}
