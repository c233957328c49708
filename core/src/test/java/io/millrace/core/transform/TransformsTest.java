// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.source.Transaction;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransformsTest {

    private static final TableSchema HOLDING = new TableSchema(
            new TableId("bank", "holding"),
            List.of(
                    Column.of("holding_id", ColumnType.LONG),
                    Column.of("user_id", ColumnType.LONG),
                    Column.of("holding_stock", ColumnType.STRING),
                    Column.of("holding_quantity", ColumnType.LONG)),
            List.of("holding_id"));

    private static final SourceInfo SOURCE = new SourceInfo(
            "bank", "binlog.1", 4, new Transaction(1, "tx-1", "tx-1", 1_700_000_000_123_456L) {}, 1_700_000_000L, null);

    private static RowImage row(long id, long user, @Nullable String stock, @Nullable Long quantity) {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("holding_id", id);
        values.put("user_id", user);
        values.put("holding_stock", stock);
        values.put("holding_quantity", quantity);
        return RowImage.of(HOLDING, values);
    }

    private static Record record(Record.Kind kind, @Nullable RowImage before, @Nullable RowImage after) {
        return new Record(kind, before, after, SOURCE, 3);
    }

    private static Record update() {
        return record(Record.Kind.UPDATE, row(1000, 1, "VFIAX", 10L), row(1000, 1, "VFIAX", 100L));
    }

    private static List<Record> apply(Transform transform, Record record) {
        List<Record> out = new ArrayList<>();
        transform.apply(record, out::add);
        assertThat(out).allMatch(made -> made.source() == SOURCE && made.ordinal() == 3);
        return out;
    }

    private static Record applied(Transform transform, Record record) {
        List<Record> out = apply(transform, record);
        assertThat(out).hasSize(1);
        return out.get(0);
    }

    private static List<String> columns(@Nullable RowImage row) {
        assertThat(row).isNotNull();
        return row.schema().columns().stream().map(Column::name).toList();
    }

    @Nested
    class OfColumns {

        @Test
        void shouldEditBothImages() {
            Record dropped = applied(Columns.drop("user_id", "holding_stock"), update());

            assertThat(columns(dropped.before())).containsExactly("holding_id", "holding_quantity");
            assertThat(columns(dropped.after())).containsExactly("holding_id", "holding_quantity");
            assertThat(dropped.before().getLong("holding_quantity")).isEqualTo(10);
            assertThat(dropped.after().getLong("holding_quantity")).isEqualTo(100);
            assertThat(dropped.schema().primaryKey()).containsExactly("holding_id");
        }

        @Test
        void shouldKeepOnlyTheNamed() {
            assertThat(columns(applied(Columns.keep("holding_id", "user_id"), update())
                            .after()))
                    .containsExactly("holding_id", "user_id");
        }

        @Test
        void shouldRename() {
            Record renamed = applied(Columns.rename(Map.of("holding_id", "id", "user_id", "owner")), update());

            assertThat(columns(renamed.after())).containsExactly("id", "owner", "holding_stock", "holding_quantity");
            assertThat(renamed.schema().primaryKey()).containsExactly("id");
        }

        @Test
        void shouldMaskWhateverTypeAndLeaveNullAndAbsent() {
            Record masked = applied(
                    Columns.mask("***", "holding_stock", "holding_quantity"),
                    record(Record.Kind.UPDATE, RowImage.of(HOLDING, Map.of("holding_id", 1L)), row(1, 2, null, 100L)));

            assertThat(masked.after().asMap())
                    .containsEntry("holding_stock", null)
                    .containsEntry("holding_quantity", "***");
            assertThat(masked.before().has("holding_stock")).isFalse();
            assertThat(masked.before().has("holding_quantity")).isFalse();
        }

        @Test
        void shouldMakeTextOfWhatItHides() throws Exception {
            TableSchema schema = new TableSchema(
                    HOLDING.table(),
                    List.of(
                            Column.of("id", ColumnType.LONG),
                            Column.of("details", ColumnType.JSON),
                            Column.of("amount", ColumnType.LONG)),
                    List.of("id"));
            Map<String, @Nullable Object> nulls = new HashMap<>();
            nulls.put("id", 1L);
            nulls.put("amount", null);
            Record record = record(
                    Record.Kind.UPDATE,
                    RowImage.of(schema, Map.of("id", 1L, "details", "{\"card\":1}", "amount", 7L)),
                    RowImage.of(schema, nulls));

            for (Transform transform : List.of(
                    Columns.mask("***", "details", "amount"), Columns.hash(new byte[16], "details", "amount"))) {
                Record hidden = applied(transform, record);

                assertThat(new ObjectMapper()
                                .readTree(hidden.toJson())
                                .path("before")
                                .path("details")
                                .isTextual())
                        .isTrue();
                assertThat(hidden.toJson()).doesNotContain("card");
                assertThat(hidden.before().schema()).isSameAs(hidden.after().schema());
                assertThat(hidden.schema().column(2).type()).isEqualTo(ColumnType.STRING);
                assertThat(hidden.after().asMap()).isEqualTo(nulls);
            }
        }

        @Test
        void shouldNotMaskWhatTellsRowsApart() {
            assertThatThrownBy(() -> apply(Columns.mask("***", "holding_id"), update()))
                    .hasMessageContaining("primary key of bank.holding");
        }

        @Test
        void shouldRefuseNamesThatAreOldAndNew() {
            assertThatThrownBy(() -> Columns.rename(Map.of("a", "b", "b", "c")))
                    .hasMessageContaining("b is both an old and a new name");
        }

        @Test
        void shouldEditWhatIsPresentIfAsked() {
            Record masked = applied(Columns.mask("***", "nope", "holding_stock").wherePresent(), update());

            assertThat(masked.after().getString("holding_stock")).isEqualTo("***");
            assertThat(columns(applied(Columns.keep("holding_id", "nope").wherePresent(), update())
                            .after()))
                    .containsExactly("holding_id");
        }

        @Test
        void shouldHashByAKey() {
            byte[] key = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
            Record hashed = applied(Columns.hash(key, "holding_stock", "user_id"), update());

            // printf VFIAX | openssl dgst -sha256 -hmac 0123456789abcdef
            assertThat(hashed.after().getString("holding_stock"))
                    .isEqualTo("e65e10999b7db00871beecf90e156aacee32ea5d971aded7b837cfaec20725e9");
            assertThat(hashed.after().getString("user_id"))
                    .matches("[0-9a-f]{64}")
                    .isNotEqualTo(hashed.after().getString("holding_stock"));
            assertThatThrownBy(() -> Columns.hash(new byte[15], "a")).hasMessageContaining("16");
        }

        @Test
        void shouldAddAConstant() {
            Record more = applied(Columns.set("price", new BigDecimal("1.50")), update());

            assertThat(more.before().getDecimal("price")).isEqualTo("1.50");
            assertThat(more.after().getDecimal("price")).isEqualTo("1.50");
            assertThat(more.schema()).isSameAs(more.before().schema());
        }

        @Test
        void shouldFailIfAColumnIsMissing() {
            List.of(
                            Columns.drop("nope"),
                            Columns.keep("nope"),
                            Columns.mask("*", "nope"),
                            Columns.hash(new byte[16], "nope"),
                            Columns.rename(Map.of("nope", "yes")))
                    .forEach(transform -> assertThatThrownBy(() -> apply(transform, update()))
                            .hasMessageContaining("bank.holding has no column nope"));
            assertThatThrownBy(Columns::drop).hasMessageContaining("drop needs at least one column");
        }

        @Test
        void shouldShareTheSchemaAmongRows() {
            Transform transform = Columns.mask("***", "holding_quantity", "user_id");

            assertThat(applied(transform, update()).schema())
                    .isSameAs(applied(transform, update()).schema());
        }
    }

    @Nested
    class OfTables {

        private static final TableFilter OTHERS = TableFilter.builder()
                .exclude("*", "*")
                .include("bank", "account")
                .build();

        @Test
        void shouldLetOtherTablesPass() {
            Record record = update();
            Transform mask = Columns.mask("***", "iban").onlyFor(OTHERS);

            assertThat(applied(mask, record)).isSameAs(record);
            assertThatThrownBy(() ->
                            apply(mask, record.withImages(null, record.row().inTable(new TableId("bank", "account")))))
                    .hasMessageContaining("bank.account has no column iban");
        }

        @Test
        void shouldRoute() {
            Route route = Route.matching("bank\\.(holding)(_\\d+)?", "all.$1s");
            Record routed = applied(route, update());

            assertThat(routed.table()).isEqualTo(new TableId("all", "holdings"));
            assertThat(routed.before().schema()).isSameAs(routed.after().schema());
            assertThat(routed.schema()).isSameAs(applied(route, update()).schema());
            assertThat(routed.row().asMap()).isEqualTo(update().row().asMap());

            assertThat(applied(Route.matching("shop\\..*", "a.b"), update()).table())
                    .isEqualTo(HOLDING.table());
            assertThatThrownBy(() -> Route.matching("(", "a.b")).hasMessageContaining("Unclosed group");
            assertThatThrownBy(() -> apply(Route.matching("bank\\..*", "nodot"), update()))
                    .hasMessageContaining("'nodot' is not of the form database.table");
        }

        @ParameterizedTest
        @EnumSource(
                value = Statement.Kind.class,
                names = {"TRUNCATE_TABLE", "DROP_TABLE", "DELETE"})
        void shouldNotLetTheEndOfOneTableReachOthersOfItsNewName(Statement.Kind kind) {
            Statement statement = new Statement(kind, "bank", List.of(HOLDING.table()), "...", SOURCE, 0);

            assertThatThrownBy(() -> Route.matching("bank\\.hold.*", "bank.all").apply(statement))
                    .hasMessageContaining("[bank.holding]")
                    .hasMessageContaining("[bank.all]")
                    .hasMessageContaining("oneToOne");
        }

        @Test
        void shouldRouteStatements() {
            Statement truncate = new Statement(
                    Statement.Kind.TRUNCATE_TABLE, "bank", List.of(HOLDING.table()), "TRUNCATE holding", SOURCE, 0);

            Route route = Route.tables(table -> new TableId("all", table.name()));
            Statement alter = new Statement(
                    Statement.Kind.ALTER_TABLE, "bank", List.of(HOLDING.table()), "ALTER TABLE holding ...", SOURCE, 0);

            assertThat(route.apply(alter).tables()).containsExactly(new TableId("all", "holding"));
            assertThat(route.oneToOne().apply(truncate).tables()).containsExactly(new TableId("all", "holding"));
            assertThat(route.oneToOne().apply(truncate).changesData()).isTrue();
            assertThat(route.onlyFor(OTHERS).apply(truncate)).isSameAs(truncate);
            assertThat(Route.tables(table -> table).apply(truncate).tables()).containsExactly(HOLDING.table());
        }
    }

    @Nested
    class Pivot {

        private final FieldChangePivot pivot = FieldChangePivot.builder()
                .carry("holding_id", "user_id")
                .fields("holding_stock", "holding_quantity")
                .into("bank", "holding_pivot")
                .build();
        private final Instant moment = Instant.parse("2023-11-14T22:13:20.123456Z");

        private static Map<String, @Nullable Object> expected(
                String field,
                @Nullable String old,
                @Nullable String now,
                @Nullable Instant created,
                @Nullable Instant updated,
                @Nullable Instant deleted,
                String operation) {
            Map<String, @Nullable Object> row = new HashMap<>();
            row.put("holding_id", 1000L);
            row.put("user_id", 1L);
            row.put("change_field", field);
            row.put("old_value", old);
            row.put("new_value", now);
            row.put("datetime_created", created);
            row.put("datetime_updated", updated);
            row.put("datetime_deleted", deleted);
            row.put("op_type", operation);
            return row;
        }

        private List<Map<String, @Nullable Object>> rows(Record record) {
            return apply(pivot, record).stream()
                    .map(made -> {
                        assertThat(made.table()).isEqualTo(new TableId("bank", "holding_pivot"));
                        assertThat(made.kind()).isEqualTo(Record.Kind.INSERT);
                        return made.row().asMap();
                    })
                    .toList();
        }

        @Test
        void shouldTellEachFieldOfAnInsert() {
            assertThat(rows(record(Record.Kind.INSERT, null, row(1000, 1, "VFIAX", 10L))))
                    .containsExactly(
                            expected("holding_stock", null, "VFIAX", moment, null, null, "c"),
                            expected("holding_quantity", null, "10", moment, null, null, "c"));
        }

        @Test
        void shouldTellOnlyWhatAnUpdateChanged() {
            assertThat(rows(update()))
                    .containsExactly(expected("holding_quantity", "10", "100", null, moment, null, "u"));
        }

        @Test
        void shouldTellEachFieldOfADelete() {
            assertThat(rows(record(Record.Kind.DELETE, row(1000, 1, "VFIAX", null), null)))
                    .containsExactly(expected("holding_stock", "VFIAX", null, null, null, moment, "d"));
        }

        @Test
        void shouldTellUnchangedFieldsIfAsked() {
            FieldChangePivot all = FieldChangePivot.builder()
                    .carry("holding_id", "user_id")
                    .fields("holding_stock", "holding_quantity")
                    .into("bank", "holding_pivot")
                    .unchangedToo(true)
                    .build();

            assertThat(apply(all, update()).get(0).row().asMap())
                    .isEqualTo(expected("holding_stock", "VFIAX", "VFIAX", null, moment, null, "u"));
        }

        @Test
        void shouldDropInitialRows() {
            assertThat(rows(record(Record.Kind.READ, null, row(1000, 1, "VFIAX", 10L))))
                    .isEmpty();
        }

        @Test
        void shouldFailWhereTheLogLacksTheOldValue() {
            RowImage partial = RowImage.of(HOLDING, Map.of("holding_id", 1000L));
            Record update = record(Record.Kind.UPDATE, partial, row(1000, 1, "VFIAX", 10L));

            assertThatThrownBy(() -> apply(pivot, update)).hasMessageContaining("binlog_row_image=FULL");
        }

        @Test
        void shouldSayAllThatIsWrongWithItsOptions() {
            assertThatThrownBy(() -> FieldChangePivot.builder()
                            .carry("id", "id", "op_type")
                            .fields("a", "a")
                            .build())
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContaining("fields")
                    .hasMessageContaining("into")
                    .hasMessageContaining("'id'")
                    .hasMessageContaining("'op_type'");
        }
    }

    @Nested
    class OfSomeTables {

        private static final TableId OTHER = new TableId("bank", "user");
        private static final Transform HOLDINGS = new TablesOnly(TableFilter.builder()
                .exclude("*", "*")
                .include("bank", "holding")
                .build());

        private static Statement truncate(TableId... tables) {
            return new Statement(Statement.Kind.TRUNCATE_TABLE, "bank", List.of(tables), "TRUNCATE", SOURCE, 0);
        }

        @Test
        void shouldDropTheRecordsOfOthers() {
            Transform others = new TablesOnly(
                    TableFilter.builder().exclude("bank", "holding").build());

            assertThat(apply(HOLDINGS, update())).hasSize(1);
            assertThat(apply(others, update())).isEmpty();
        }

        @Test
        void shouldApplyRulesOfEventsAndColumns() {
            Transform some = new TablesOnly(TableFilter.builder()
                    .exclude("bank", "holding", Record.Kind.DELETE)
                    .excludeColumns("bank", "holding", "user_id")
                    .build());

            assertThat(columns(applied(some, update()).after()))
                    .containsExactly("holding_id", "holding_stock", "holding_quantity");
            assertThat(apply(some, record(Record.Kind.DELETE, row(1, 1, "a", 1L), null)))
                    .isEmpty();
            assertThatThrownBy(() -> Columns.drop("user_id")
                            .onlyFor(TableFilter.builder()
                                    .excludeColumns("bank", "holding", "user_id")
                                    .build()))
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContaining("rules of tables only");
        }

        @Test
        void shouldPassStatementsThatMayConcernThem() {
            assertThat(HOLDINGS.apply(truncate(OTHER))).isNull();
            assertThat(HOLDINGS.apply(truncate(OTHER, HOLDING.table()))).isNotNull();
            assertThat(HOLDINGS.apply(truncate())).isNotNull();
        }
    }
}
