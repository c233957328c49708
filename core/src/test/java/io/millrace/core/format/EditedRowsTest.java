// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static io.millrace.core.format.FormatSamples.column;
import static io.millrace.core.format.FormatSamples.required;
import static io.millrace.core.format.FormatSamples.row;
import static io.millrace.core.format.FormatSamples.source;
import static io.millrace.core.format.FormatSamples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What formats make of rows that a transform has edited, or that are documents. */
class EditedRowsTest {

    private static final TableSchema ORDERS = new TableSchema(
            new TableId("shop", "orders"),
            List.of(
                    required("id", ColumnType.INT, "int"),
                    required("total", ColumnType.DECIMAL, "decimal(10,2)", 2),
                    column("pieces", ColumnType.INT, "smallint"),
                    column("details", ColumnType.JSON, "json")),
            List.of("id"));
    private static final SourceInfo SOURCE = source("shop", "binlog.1", 4, null, 1_700_000_000, 0);
    private static final DebeziumJson DEBEZIUM = DebeziumJson.builder("shop").build();
    private static final RowImage ROW =
            row(ORDERS, Map.of("id", 1, "total", new BigDecimal("12.50"), "pieces", 3, "details", "{}"));

    private static Record insert(RowImage row) {
        return new Record(Record.Kind.INSERT, null, row, SOURCE, 0);
    }

    private static Record update(RowImage before, RowImage after) {
        return new Record(Record.Kind.UPDATE, before, after, SOURCE, 0);
    }

    @Test
    void shouldStayJson() {
        Record edited = insert(ROW.with("details", "1,\"admin\":true"));

        for (Format format : List.of(
                NativeJson.INSTANCE,
                DEBEZIUM,
                MaxwellJson.builder().build(),
                PlainRow.builder().build())) {
            assertThat(write(format, edited).findValue("details").textValue()).isEqualTo("1,\"admin\":true");
            assertThat(write(format, edited).findValue("admin")).isNull();
        }
    }

    @Test
    void shouldPutThePointOfADecimalWhereItsReaderLooksForIt() throws Exception {
        for (String number : List.of("1.5", "1E+3", "22.5500", "-7", "0.125", "123456789012345678901.5")) {
            RowImage edited = ROW.with("total", new BigDecimal(number));
            byte[] unscaled = write(DEBEZIUM, insert(edited))
                    .path("payload")
                    .path("after")
                    .path("total")
                    .binaryValue();

            assertThat(new BigDecimal(
                            new BigInteger(unscaled), edited.schema().column(1).scale()))
                    .isEqualByComparingTo(number);
        }
    }

    @Test
    void shouldNotTellADecimalOfFewerDigitsThanTheColumnSays() throws Exception {
        TableSchema loose = new TableSchema(
                ORDERS.table(),
                List.of(required("id", ColumnType.INT, "int"), Column.of("rate", ColumnType.DECIMAL)),
                List.of("id"));

        assertThatThrownBy(() -> write(DEBEZIUM, insert(row(loose, Map.of("id", 1, "rate", new BigDecimal("1.5"))))))
                .isInstanceOf(ArithmeticException.class);
        assertThat(Base64.getDecoder()
                        .decode(write(DEBEZIUM, insert(row(loose, Map.of("id", 1, "rate", new BigDecimal("3.0")))))
                                .path("payload")
                                .path("after")
                                .path("rate")
                                .textValue()))
                .containsExactly(3);
    }

    @Test
    void shouldNotDescribeTheRowBeforeByTheSchemaOfAnother() {
        RowImage after = ROW.with("total", new BigDecimal("12.375"));

        assertThatThrownBy(() -> write(DEBEZIUM, update(ROW, after)))
                .hasMessageContaining("the row before has other columns");
        assertThat(write(DEBEZIUM, update(ROW.with("more", 1), ROW.with("more", 2)))
                        .path("payload")
                        .path("before")
                        .path("more")
                        .intValue())
                .isEqualTo(1);
        assertThat(write(DebeziumJson.builder("shop").valueSchema(false).build(), update(ROW, ROW.with("more", 2)))
                        .path("before")
                        .has("more"))
                .isFalse();
    }

    @Test
    void shouldSayThatNullIsAllowedWhereItIsSet() {
        RowImage edited = ROW.with("total", null);

        assertThat(write(DEBEZIUM, insert(edited))
                        .path("schema")
                        .path("fields")
                        .path(1)
                        .path("fields")
                        .path(1)
                        .path("optional")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void shouldNotLetReadersCutNumbersDown() {
        assertThat(write(DEBEZIUM, insert(ROW.with("pieces", -32_768)))
                        .findValue("payload")
                        .path("after")
                        .path("pieces")
                        .intValue())
                .isEqualTo(-32_768);
        assertThatThrownBy(() -> write(DEBEZIUM, insert(ROW.with("pieces", 40_000))))
                .hasMessageContaining("pieces holds 40000, which is no smallint any more");
    }

    @Test
    void shouldTellInitialRowsAsInsertsOnRequest() {
        Record read = new Record(Record.Kind.READ, null, ROW, SOURCE, 0);

        assertThat(write(MaxwellJson.builder().build(), read).path("type").textValue())
                .isEqualTo("bootstrap-insert");
        assertThat(write(MaxwellJson.builder().bootstrapAsInsert(true).build(), read)
                        .path("type")
                        .textValue())
                .isEqualTo("insert");
    }

    @Test
    void shouldNotShowDocumentsAsRowsOfMySql() {
        TableSchema people = new TableSchema(
                new TableId("crm", "people"),
                List.of(Column.of("_id", ColumnType.JSON), Column.of("name", ColumnType.JSON)),
                List.of("_id"));
        Record record = insert(row(people, Map.of("_id", "1", "name", "\"Anna\"")));

        for (Format format : List.of(
                DEBEZIUM, MaxwellJson.builder().build(), CanalJson.builder().build())) {
            assertThatThrownBy(() -> write(format, record)).hasMessageContaining("crm.people has documents");
        }
        assertThat(write(PlainRow.builder().build(), record).path("name").textValue())
                .isEqualTo("Anna");
    }
}
