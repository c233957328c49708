// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RowImageTest {

    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableSchema SCHEMA = new TableSchema(
            ORDERS,
            List.of(
                    new Column("id", ColumnType.LONG, "bigint", 0, false),
                    Column.of("name", ColumnType.STRING),
                    Column.of("note", ColumnType.STRING),
                    new Column("price", ColumnType.DECIMAL, "decimal(10,2)", 2, true)),
            List.of("id"));

    private static final RowImage ROW =
            RowImage.of(SCHEMA, row("id", 7L, "name", "Ada", "price", new BigDecimal("1.50")));

    /** One value of each class for each type. */
    private static final Map<ColumnType, Object> EXAMPLES = examples();

    private static Map<ColumnType, Object> examples() {
        Map<ColumnType, Object> examples = new HashMap<>();
        examples.put(ColumnType.BOOLEAN, true);
        examples.put(ColumnType.INT, Integer.MIN_VALUE);
        examples.put(ColumnType.LONG, Long.MIN_VALUE);
        examples.put(ColumnType.UNSIGNED_LONG, new BigInteger("18446744073709551615"));
        examples.put(ColumnType.BITS, -1L);
        examples.put(ColumnType.FLOAT, 1.1f);
        examples.put(ColumnType.DOUBLE, -0.0);
        examples.put(ColumnType.DECIMAL, new BigDecimal("-12.50"));
        examples.put(ColumnType.STRING, "ä€😀");
        examples.put(ColumnType.BYTES, new byte[] {0, -1});
        examples.put(ColumnType.DATE, LocalDate.of(1, 2, 3));
        examples.put(ColumnType.DATETIME, LocalDateTime.of(2024, 2, 29, 1, 2, 3, 4_000));
        examples.put(ColumnType.TIMESTAMP, Instant.ofEpochSecond(-1, 5_000));
        examples.put(ColumnType.TIME, Duration.ofHours(-838).minusNanos(1_000));
        examples.put(ColumnType.JSON, "{\"a\": 1}");
        examples.put(ColumnType.GEOMETRY, new Geometry(4326, new byte[] {1, 2}));
        examples.put(ColumnType.VECTOR, new float[] {1.5f, -2});
        return examples;
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    private static TableSchema table(Column... columns) {
        return new TableSchema(ORDERS, List.of(columns), List.of());
    }

    @Nested
    class Making {

        @Test
        void shouldGiveBackAValueOfEveryType() {
            for (ColumnType type : ColumnType.values()) {
                RowImage made = RowImage.of(table(Column.of("c", type)), Map.of("c", EXAMPLES.get(type)));

                assertThat(made.get("c")).as("%s", type).isEqualTo(EXAMPLES.get(type));
            }
        }

        @Test
        void shouldRefuseEveryValueOfAnotherType() {
            for (ColumnType type : ColumnType.values()) {
                for (ColumnType other : ColumnType.values()) {
                    Object value = EXAMPLES.get(other);
                    boolean sameClass = value.getClass() == EXAMPLES.get(type).getClass();
                    boolean widened = other == ColumnType.INT && (type == ColumnType.LONG || type == ColumnType.BITS)
                            || other == ColumnType.BITS && type == ColumnType.INT;
                    if (!sameClass && !widened) {
                        TableSchema schema = table(Column.of("c", type));
                        assertThatThrownBy(() -> RowImage.of(schema, Map.of("c", value)))
                                .as("%s into %s", other, type)
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContainingAll(
                                        "shop.orders.c",
                                        type.name(),
                                        value.getClass().getName());
                    }
                }
            }
        }

        @Test
        void shouldTakeIntegersOfEitherClassInTheirRange() {
            assertThat(made(ColumnType.LONG, 5)).isEqualTo(5L);
            assertThat(made(ColumnType.INT, 5L)).isEqualTo(5);
            assertThat(made(ColumnType.BITS, 5)).isEqualTo(5L);
            assertThat(made(ColumnType.UNSIGNED_LONG, 5)).isEqualTo(BigInteger.valueOf(5));
            assertThat(made(ColumnType.UNSIGNED_LONG, 5L)).isEqualTo(BigInteger.valueOf(5));
            assertThatThrownBy(() -> made(ColumnType.INT, 1L << 31)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> made(ColumnType.UNSIGNED_LONG, -1L)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> made(ColumnType.UNSIGNED_LONG, BigInteger.ONE.shiftLeft(64)))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void shouldTakeZeroDatesIntoEveryTypeOfDate() {
            ZeroDate zero = new ZeroDate(2024, 0, 0, 0, 0, 0, 0);

            assertThat(made(ColumnType.DATE, zero)).isEqualTo(zero);
            assertThat(made(ColumnType.DATETIME, zero)).isEqualTo(zero);
            assertThat(made(ColumnType.TIMESTAMP, zero)).isEqualTo(zero);
        }

        @Test
        void shouldAnswerWithAZeroDateForADayThatItsMonthLacks() {
            ZeroDate invalid = new ZeroDate(2023, 2, 29, 0, 0, 0, 0);

            assertThat(made(ColumnType.DATE, invalid)).isEqualTo(invalid);
            assertThat(made(ColumnType.DATETIME, invalid)).isEqualTo(invalid);
            assertThat(made(ColumnType.DATE, new ZeroDate(2024, 2, 29, 0, 0, 0, 0)))
                    .isEqualTo(LocalDate.of(2024, 2, 29));
        }

        private Object made(ColumnType type, Object value) {
            return RowImage.of(table(Column.of("c", type)), Map.of("c", value)).get("c");
        }

        @Test
        void shouldRefuseAColumnThatTheTableHasNot() {
            assertThatThrownBy(() -> RowImage.of(SCHEMA, Map.of("nmae", "Ada")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("nmae", "name");
        }

        @Test
        void shouldNotShareArraysWithItsMaker() {
            byte[] bytes = {1, 2};
            RowImage made = RowImage.of(table(Column.of("c", ColumnType.BYTES)), Map.of("c", bytes));
            RowImage edited = made.with("d", bytes);

            bytes[0] = 9;
            made.getBytes("c")[1] = 9;

            assertThat(made.getBytes("c")).containsExactly(1, 2);
            assertThat(edited.getBytes("d")).containsExactly(1, 2);
        }

        @Test
        void shouldTakeTextThatIsNoJsonForText() throws Exception {
            TableSchema schema = table(Column.of("c", ColumnType.JSON));
            RowImage row = RowImage.of(schema, Map.of("c", "{\"a\": [1]}"));

            assertThat(row.with("c", " [2] ").schema()).isSameAs(schema);
            for (String text : List.of("hidden", "1,\"admin\":true", "", "{", "1 2")) {
                RowImage edited = row.with("c", text);

                assertThat(edited.schema().column(0).type()).isEqualTo(ColumnType.STRING);
                assertThat(edited.getString("c")).isEqualTo(text);
                assertThatThrownBy(() -> RowImage.of(schema, Map.of("c", text))).hasMessageContaining("does not fit");
            }
        }

        @Test
        void shouldGiveDecimalsTheDigitsOfTheirColumn() {
            Column price = new Column("price", ColumnType.DECIMAL, "decimal(10,2)", 2, false);
            RowImage row = RowImage.of(table(price), Map.of("price", new BigDecimal("1.5")));

            assertThat(row.getDecimal("price")).isEqualTo(new BigDecimal("1.50"));
            assertThat(row.with("price", new BigDecimal("1E+3")).getDecimal("price"))
                    .isEqualTo(new BigDecimal("1000.00"));
            assertThat(row.with("price", new BigDecimal("22.5500")).getDecimal("price"))
                    .isEqualTo(new BigDecimal("22.55"));
            RowImage longer = row.with("price", new BigDecimal("12.375"));
            assertThat(longer.getDecimal("price")).isEqualTo(new BigDecimal("12.375"));
            assertThat(longer.schema().column(0).scale()).isEqualTo(3);
        }

        @Test
        void shouldAllowNullWhereItIsSet() {
            Column price = new Column("price", ColumnType.DECIMAL, "decimal(10,2)", 2, false);
            RowImage row = RowImage.of(table(price), Map.of("price", BigDecimal.ONE));

            assertThat(row.with("price", null).schema().column(0))
                    .isEqualTo(new Column("price", ColumnType.DECIMAL, "decimal(10,2)", 2, true));
        }

        @Test
        void shouldCountWhatItsValuesHold() {
            RowImage made = RowImage.of(SCHEMA, Map.of("name", "x".repeat(100_000)));

            assertThat(made.sizeBytes()).isGreaterThan(100_000);
            assertThat(ROW.with("blob", new byte[100_000]).sizeBytes()).isGreaterThan(100_000);
            for (int i = 0; i < 20; i++) {
                ROW.with("x".repeat(100_000) + i, 1);
            }
            assertThat(ROW.with("x".repeat(100_000), 1).sizeBytes())
                    .as("with a schema of its own")
                    .isGreaterThan(100_000);
            assertThat(ROW.with("y", 1).with("z", 1).sizeBytes())
                    .as("with a schema that rows share")
                    .isLessThan(ROW.sizeBytes() + 500);
        }
    }

    @Nested
    class Whole {

        private static final RowImage ALL = RowImage.of(table(Column.of("c", ColumnType.INT)), Map.of("c", 1));

        @Test
        void shouldBeWholeIfNothingIsAbsent() {
            assertThat(ALL.isWhole()).isTrue();
            assertThat(ALL.with("d", null).isWhole()).isTrue();
            assertThat(RowImage.of(SCHEMA, Map.of("name", "Ada")).isWhole()).isFalse();
        }

        @Test
        void shouldBeWholeOnceWhatWasAbsentIsKnownOrDropped() {
            TableSchema schema = table(Column.of("c", ColumnType.INT), Column.of("d", ColumnType.INT));
            RowImage part = RowImage.of(schema, Map.of("c", 1));

            assertThat(part.with("c", 2).isWhole()).isFalse();
            assertThat(part.with("d", 2).isWhole()).isTrue();
            assertThat(part.without("d").isWhole()).isTrue();
        }
    }

    @Nested
    class Reading {

        @Test
        void shouldTellAbsentFromNull() {
            RowImage row = RowImage.of(SCHEMA, row("id", 7L, "name", null));

            assertThat(row.has("name")).isTrue();
            assertThat(row.get("name")).isNull();
            assertThat(row.getString("name")).isNull();
            assertThat(row.has("note")).isFalse();
            assertThatThrownBy(() -> row.get("note"))
                    .isInstanceOf(AbsentValueException.class)
                    .hasMessageContainingAll("shop.orders", "note");
            assertThatThrownBy(() -> row.getString("note")).isInstanceOf(AbsentValueException.class);
        }

        @Test
        void shouldLeaveAbsentColumnsOutOfTheMapInColumnOrder() {
            RowImage row = RowImage.of(SCHEMA, row("price", BigDecimal.ONE, "name", null, "id", 7L));

            assertThat(row.asMap())
                    .containsExactly(entry("id", 7L), entry("name", null), entry("price", new BigDecimal("1.00")));
            assertThat(row).hasToString("{id=7, name=null, price=1.00}");
        }

        @Test
        void shouldReadEachTypeByItsGetter() {
            List<Column> columns = new ArrayList<>();
            Map<String, Object> values = new HashMap<>();
            EXAMPLES.forEach((type, value) -> {
                columns.add(Column.of(type.name(), type));
                values.put(type.name(), value);
            });
            RowImage row = RowImage.of(new TableSchema(ORDERS, columns, List.of()), values);

            assertThat(row.getBoolean("BOOLEAN")).isTrue();
            assertThat(row.getLong("INT")).isEqualTo(Integer.MIN_VALUE);
            assertThat(row.getLong("LONG")).isEqualTo(Long.MIN_VALUE);
            assertThat(row.getLong("BITS")).isEqualTo(-1);
            assertThat(row.getDouble("FLOAT")).isEqualTo(1.1f);
            assertThat(row.getDouble("DOUBLE")).isEqualTo(-0.0);
            assertThat(row.getDouble("DECIMAL")).isEqualTo(-12.5);
            assertThat(row.getDecimal("DECIMAL")).isEqualTo("-12.50");
            assertThat(row.getString("STRING")).isEqualTo("ä€😀");
            assertThat(row.getString("JSON")).isEqualTo("{\"a\": 1}");
            assertThat(row.getBytes("BYTES")).containsExactly(0, -1);
            assertThat(row.getDate("DATE")).isEqualTo("0001-02-03");
            assertThat(row.getDateTime("DATETIME")).isEqualTo("2024-02-29T01:02:03.000004");
            assertThat(row.getInstant("TIMESTAMP")).isEqualTo("1969-12-31T23:59:59.000005Z");
            assertThat(row.getTime("TIME")).isEqualTo(Duration.ofHours(-838).minusNanos(1_000));
            assertThat(row.get("GEOMETRY", Geometry.class)).isEqualTo(EXAMPLES.get(ColumnType.GEOMETRY));
            assertThat(row.get("VECTOR", float[].class)).containsExactly(1.5f, -2);
        }

        @Test
        void shouldNotCutAnUnsignedNumberDownToALong() {
            TableSchema schema = table(Column.of("n", ColumnType.UNSIGNED_LONG));
            RowImage largest = RowImage.of(schema, Map.of("n", new BigInteger("18446744073709551615")));
            RowImage small = RowImage.of(schema, Map.of("n", BigInteger.valueOf(Long.MAX_VALUE)));

            assertThat(small.getLong("n")).isEqualTo(Long.MAX_VALUE);
            assertThatThrownBy(() -> largest.getLong("n"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("shop.orders.n", "BigInteger");
        }

        @Test
        void shouldNotCutAFractionOff() {
            assertThatThrownBy(() -> ROW.getLong("price"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("shop.orders.price holds a BigDecimal, not a Long");
        }

        @Test
        void shouldNameBothTypesOfAMismatch() {
            assertThatThrownBy(() -> ROW.getDate("name"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("shop.orders.name holds a String, not a LocalDate");
        }

        @Test
        void shouldListTheColumnsWhenThereIsNoneOfTheName() {
            assertThatThrownBy(() -> ROW.get("nmae"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("nmae", "id", "name", "note", "price");
        }

        @Test
        void shouldRefuseAnIndexThatTheTableHasNot() {
            assertThatThrownBy(() -> ROW.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> ROW.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Nested
    class Editing {

        @Test
        void shouldLeaveTheOriginalAsItIs() {
            RowImage edited = ROW.with("name", "Grace").without("price").rename("id", "number");

            assertThat(edited.asMap()).containsExactly(entry("number", 7L), entry("name", "Grace"));
            assertThat(ROW.asMap())
                    .containsExactly(entry("id", 7L), entry("name", "Ada"), entry("price", new BigDecimal("1.50")));
        }

        @Test
        void shouldKeepTheColumnWhenTheValueFits() {
            RowImage edited = ROW.with("id", 8).with("price", null).with("note", "there now");

            assertThat(edited.schema()).isSameAs(SCHEMA);
            assertThat(edited.get("id")).isEqualTo(8L);
            assertThat(edited.has("note")).isTrue();
        }

        @Test
        void shouldGiveTheColumnTheTypeOfAValueThatDoesNotFit() {
            RowImage edited = ROW.with("id", "seven");

            assertThat(edited.schema().column(0)).isEqualTo(new Column("id", ColumnType.STRING, "", 0, false));
            assertThat(edited.get("id")).isEqualTo("seven");
            assertThat(edited.schema().primaryKey()).containsExactly("id");
        }

        @Test
        void shouldKeepADateColumnThatGetsAZeroDate() {
            ZeroDate zero = new ZeroDate(0, 0, 0, 0, 0, 0, 0);
            RowImage row = RowImage.of(table(Column.of("d", ColumnType.DATE)), Map.of("d", LocalDate.EPOCH));

            RowImage edited = row.with("d", zero);

            assertThat(edited.schema().column(0).type()).isEqualTo(ColumnType.DATE);
            assertThat(edited.get("d")).isEqualTo(zero);
        }

        @Test
        void shouldAddAColumnOfEveryTypeAtTheEnd() {
            for (ColumnType type : ColumnType.values()) {
                RowImage edited = ROW.with("added", EXAMPLES.get(type));

                assertThat(edited.schema().size()).isEqualTo(5);
                assertThat(edited.get(4)).as("%s", type).isEqualTo(EXAMPLES.get(type));
            }
            assertThat(ROW.with("added", null).asMap()).containsEntry("added", null);
        }

        @Test
        void shouldRefuseAClassThatNoColumnHolds() {
            assertThatThrownBy(() -> ROW.with("name", 'x'))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("name", "java.lang.Character", "ColumnType");
        }

        @Test
        void shouldRenameTheKeyWithItsColumn() {
            RowImage edited = ROW.rename("id", "number");

            assertThat(edited.schema().primaryKey()).containsExactly("number");
            assertThat(edited.schema().primaryKeyIndexes()).containsExactly(0);
            assertThat(edited.get("number")).isEqualTo(7L);
            assertThatThrownBy(() -> edited.get("id")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void shouldHaveNoKeyOnceAColumnOfItIsGone() {
            assertThat(ROW.without("id").schema().primaryKey()).isEmpty();
            assertThat(ROW.without("name").schema().primaryKey()).containsExactly("id");
            assertThat(ROW.without("name").schema().primaryKeyIndexes()).containsExactly(0);
        }

        @Test
        void shouldMoveTheKeyWhenAColumnBeforeItGoes() {
            TableSchema schema = new TableSchema(
                    ORDERS, List.of(Column.of("a", ColumnType.INT), Column.of("id", ColumnType.INT)), List.of("id"));
            RowImage edited = RowImage.of(schema, Map.of("a", 1, "id", 2)).without("a");

            assertThat(edited.schema().primaryKeyIndexes()).containsExactly(0);
            assertThat(edited.get(0)).isEqualTo(2);
        }

        @Test
        void shouldRefuseToRenameToAnExistingColumnOrFromNone() {
            assertThatThrownBy(() -> ROW.rename("id", "name"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name");
            assertThatThrownBy(() -> ROW.rename("nmae", "title")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ROW.without("nmae")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void shouldKeepAbsentColumnsAbsent() {
            RowImage edited = ROW.rename("note", "remark").with("name", "Grace");

            assertThat(edited.has("remark")).isFalse();
            assertThat(edited.asMap()).doesNotContainKey("remark");
        }

        @Test
        void shouldReadEveryTypeThroughAMovedColumn() {
            for (ColumnType type : ColumnType.values()) {
                TableSchema schema = table(Column.of("a", ColumnType.INT), Column.of("c", type));
                RowImage row = RowImage.of(schema, row("a", 1, "c", EXAMPLES.get(type)));

                assertThat(row.without("a").get("c")).as("%s", type).isEqualTo(EXAMPLES.get(type));
                assertThat(new Wrapped(row).without("a").get("c"))
                        .as("%s", type)
                        .isEqualTo(EXAMPLES.get(type));
            }
        }
    }

    /** A row of another class, as sources have them. */
    private static final class Wrapped extends RowImage {

        private final RowImage row;

        Wrapped(RowImage row) {
            this.row = row;
        }

        @Override
        public TableSchema schema() {
            return row.schema();
        }

        @Override
        public void accept(ColumnVisitor visitor) {
            row.accept(visitor);
        }

        @Override
        public void accept(int column, ColumnVisitor visitor) {
            row.accept(column, visitor);
        }

        @Override
        public int sizeBytes() {
            return row.sizeBytes();
        }

        @Override
        public boolean has(int column) {
            return row.has(column);
        }
    }
}
