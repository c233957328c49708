// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Transaction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NativeJsonTest {

    private static final TableSchema ORDERS = new TableSchema(
            new TableId("shop", "or\"ders"),
            List.of(
                    Column.of("region", ColumnType.STRING),
                    Column.of("id", ColumnType.LONG),
                    Column.of("note", ColumnType.STRING)),
            List.of("id", "region"));

    private static final RowImage OLD = RowImage.of(ORDERS, Map.of("region", "eu", "id", 7, "note", "old"));
    private static final RowImage NEW = RowImage.of(ORDERS, Map.of("region", "eu", "id", 7, "note", "new"));

    private static SourceInfo source(@Nullable String globalId, @Nullable String file, long commitMicros) {
        return new SourceInfo(
                "billing", file, 4_567, new Transaction(3, "3e11:8", globalId, commitMicros) {}, 1_733_197_735, null);
    }

    private static final SourceInfo SOURCE = source("3e11:8", "binlog.000042", 1_733_197_735_123_456L);

    @Test
    void shouldWriteTheFieldsOfAnUpdateInTheirOrder() {
        assertThat(new Record(Record.Kind.UPDATE, OLD, NEW, SOURCE, 2).toJson())
                .isEqualTo(("{'event_timestamp':1733197735,'event_type':'UPDATE','global_id':'3e11:8','position':4567,"
                                + "'primary_key':'id,region','record':{'region':'eu','id':7,'note':'new'},"
                                + "'schema_name':'shop','service':'billing','source':'binlog.000042',"
                                + "'table_name':'or\\^ders','transaction_id':'3e11:8',"
                                + "'before':{'region':'eu','id':7,'note':'old'},"
                                + "'commit_timestamp_us':1733197735123456,'ordinal':2}")
                        .replace('\'', '"')
                        .replace('^', '"'));
    }

    @Test
    void shouldWriteTheRowAfterOfInsertsAndReads() throws Exception {
        for (Record.Kind kind : new Record.Kind[] {Record.Kind.INSERT, Record.Kind.READ}) {
            JsonNode json = parse(new Record(kind, null, NEW, SOURCE, 0).toJson());

            assertThat(json.get("event_type").asText()).isEqualTo(kind.name());
            assertThat(json.get("record").get("note").asText()).isEqualTo("new");
            assertThat(json.has("before")).isFalse();
        }
    }

    @Test
    void shouldWriteTheRowBeforeOfADelete() throws Exception {
        JsonNode json = parse(new Record(Record.Kind.DELETE, OLD, null, SOURCE, 0).toJson());

        assertThat(json.get("event_type").asText()).isEqualTo("DELETE");
        assertThat(json.get("record").get("note").asText()).isEqualTo("old");
        assertThat(json.has("before")).isFalse();
    }

    @Test
    void shouldWriteNullForWhatTheSourceDoesNotTell() throws Exception {
        JsonNode json = parse(new Record(Record.Kind.UPDATE, null, NEW, source(null, null, 0), 0).toJson());

        assertThat(json.get("global_id").isNull()).isTrue();
        assertThat(json.get("source").isNull()).isTrue();
        assertThat(json.get("commit_timestamp_us").isNull()).isTrue();
        assertThat(json.has("before")).isFalse();
    }

    @Test
    void shouldWriteRecordsOfChangingEventsAndKindsWithOneFormat() throws Exception {
        TableFormat format = NativeJson.INSTANCE.forTable(ORDERS);
        Record[] records = {
            new Record(Record.Kind.INSERT, null, NEW, SOURCE, 0),
            new Record(Record.Kind.INSERT, null, OLD, SOURCE, 1),
            new Record(Record.Kind.DELETE, OLD, null, SOURCE, 2),
            new Record(Record.Kind.DELETE, OLD, null, source(null, "binlog.000043", 0), 0),
            new Record(Record.Kind.UPDATE, OLD.rename("note", "remark").without("id"), NEW, SOURCE, 3)
        };
        for (Record record : records) {
            JsonBuffer out = new JsonBuffer();
            format.write(record, out);

            assertThat(out).hasToString(record.toJson());
            parse(out.toString());
        }
    }

    @Test
    void shouldWriteTheKeyInTheKeysOrder() {
        JsonBuffer out = new JsonBuffer();

        NativeJson.INSTANCE.forTable(ORDERS).writeKey(NEW, out);

        assertThat(out).hasToString("{\"id\":7,\"region\":\"eu\"}");
    }

    @Test
    void shouldWriteTheFieldsOfAStatementInTheirOrder() {
        Statement statement = new Statement(
                Statement.Kind.RENAME_TABLE,
                "shop",
                List.of(new TableId("shop", "a"), new TableId("old", "b")),
                "RENAME TABLE a TO \"b\"",
                SOURCE,
                1);

        assertThat(statement.toJson())
                .isEqualTo(("{'event_timestamp':1733197735,'event_type':'QUERY','global_id':'3e11:8',"
                                + "'kind':'RENAME_TABLE','position':4567,'schema_name':'shop','service':'billing',"
                                + "'source':'binlog.000042','sql':'RENAME TABLE a TO \\^b\\^','table_name':'a',"
                                + "'tables':[{'schema_name':'shop','table_name':'a'},{'schema_name':'old','table_name':'b'}],"
                                + "'transaction_id':'3e11:8','commit_timestamp_us':1733197735123456,'ordinal':1}")
                        .replace('\'', '"')
                        .replace('^', '"'));
    }

    @Test
    void shouldNameTheDatabaseOfAStatementWithoutTables() throws Exception {
        JsonNode json = parse(new Statement(Statement.Kind.OTHER, "shop", List.of(), "FLUSH", SOURCE, 0).toJson());

        assertThat(json.get("schema_name").asText()).isEqualTo("shop");
        assertThat(json.get("table_name").isNull()).isTrue();
        assertThat(json.get("tables")).isEmpty();
    }

    @Test
    void shouldNameTheOneTableOfAStatement() throws Exception {
        JsonNode json = parse(new Statement(
                        Statement.Kind.DROP_TABLE,
                        "",
                        List.of(new TableId("shop", "a")),
                        "DROP TABLE shop.a",
                        SOURCE,
                        0)
                .toJson());

        assertThat(json.get("schema_name").asText()).isEqualTo("shop");
        assertThat(json.get("table_name").asText()).isEqualTo("a");
        assertThat(json.get("tables")).hasSize(1);
    }

    private static JsonNode parse(String json) throws Exception {
        assertThat(json).doesNotContain("\n");
        return new ObjectMapper().readTree(json);
    }
}
