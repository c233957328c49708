// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Transaction;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableSchema SCHEMA = new TableSchema(
            ORDERS,
            List.of(
                    Column.of("id", ColumnType.LONG),
                    Column.of("tenant", ColumnType.STRING),
                    Column.of("price", ColumnType.DECIMAL),
                    Column.of("paid", ColumnType.BOOLEAN),
                    Column.of("details", ColumnType.JSON),
                    Column.of("a/b~c", ColumnType.STRING)),
            List.of("id"));
    private static final String DETAILS =
            "{\"skip\": [1, {\"id\": 0}], \"tenant\": {\"id\": 12345678901234567890, \"name\": \"caf\\u00e9 \\\"1\\\"\"}, \"list\": [10, 2.50]}";

    private static Record record(Record.Kind kind, @Nullable RowImage before, @Nullable RowImage after) {
        return new Record(kind, before, after, source("orders-service"), 7);
    }

    private static SourceInfo source(String service) {
        Transaction transaction = new Transaction(1, "tx:9", "gtid:9", 1_700_000_000_123_456L) {};
        return new SourceInfo(service, "binlog.000003", 1242, transaction, 1_700_000_000L, null);
    }

    private static RowImage row(long id, @Nullable String tenant) {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("id", id);
        values.put("tenant", tenant);
        values.put("price", new BigDecimal("12.50"));
        values.put("paid", true);
        values.put("details", DETAILS);
        values.put("a/b~c", "odd");
        return RowImage.of(SCHEMA, values);
    }

    private static Record insert(@Nullable String tenant) {
        return record(Record.Kind.INSERT, null, row(5, tenant));
    }

    private static String text(String template, Record record) {
        return Template.compile(template).textFor(record);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "logFlex.%{/database}.%{/table}; logFlex.shop.orders",
                "%{/schema_name}-%{/table_name}; shop-orders",
                "%{database}_%{table}_%{type}; shop_orders_insert",
                "%{/event_type}; INSERT",
                "%{/service}/%{/source}/%{/position}; orders-service/binlog.000003/1242",
                "%{/transaction_id} %{/global_id}; tx:9 gtid:9",
                "%{/event_timestamp} %{/commit_timestamp_us} %{/ordinal} %{/sub_ordinal}; 1700000000 1700000000123456 7 0",
                "%{/primary_key}; id",
                "%{/record/id}.%{/record/tenant}; 5.acme",
                "%{/record/price} %{/record/paid}; 12.50 true",
                "%{/record/a~1b~0c}; odd",
                "100% {plain} $%x}; 100% {plain} $%x}",
            })
    void shouldReplacePlaceholders(String template, String expected) {
        assertThat(text(template, insert("acme"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "%{/record/details/tenant/id}; 12345678901234567890",
                "%{/record/details/tenant/name}; café \"1\"",
                "%{/record/details/list/0}|%{/record/details/list/1}; 10|2.50",
                "%{/record/details/skip/1/id}; 0",
                "%{/record/details/list/2|none}; none",
                "%{/record/details/list/01|none}; none",
                "%{/record/details/tenant|none}; none",
                "%{/record/details/tenant/name/deeper|none}; none",
                "%{/record/tenant/deeper|none}; none",
            })
    void shouldPointIntoJsonColumns(String template, String expected) {
        assertThat(text(template, insert("acme"))).isEqualTo(expected);
    }

    @Test
    void shouldReadRowBeforeUpdate() {
        Record update = record(Record.Kind.UPDATE, row(5, "old"), row(5, "new"));

        assertThat(text("%{/before/tenant}>%{/record/tenant}", update)).isEqualTo("old>new");
    }

    @Test
    void shouldTakeRowOfDeleteFromBefore() {
        Record delete = record(Record.Kind.DELETE, row(5, "gone"), null);

        assertThat(text("%{type}:%{/record/tenant}:%{/before/tenant|-}", delete))
                .isEqualTo("delete:gone:-");
    }

    @Test
    void shouldKeepQuotesAndEscapesOfText() {
        assertThat(text("%{/record/tenant}", insert("a\"b\\c\nü"))).isEqualTo("a\"b\\c\nü");
    }

    @Test
    void shouldFollowColumnsOfEditedRows() {
        Record edited = record(Record.Kind.INSERT, null, row(5, "acme"))
                .withImages(null, row(5, "acme").with("region", "eu"));

        assertThat(text("%{/record/region}.%{/record/tenant}", edited)).isEqualTo("eu.acme");
    }

    @Nested
    class Caching {

        @Test
        void shouldGiveSameInstanceForAllRecordsOfTable() {
            Template template = Template.compile("%{/service}.%{/database}.%{/table}.%{/primary_key}");
            TableTemplate ready = template.forTable(SCHEMA);

            assertThat(template.isPerTable()).isTrue();
            assertThat(ready.textFor(insert("a"))).isSameAs(ready.textFor(insert("b")));
        }

        @Test
        void shouldNoticeAnotherService() {
            TableTemplate ready = Template.compile("%{/service}").forTable(SCHEMA);
            Record other = new Record(Record.Kind.INSERT, null, row(1, "a"), source("other"), 0);

            assertThat(ready.textFor(insert("a"))).isEqualTo("orders-service");
            assertThat(ready.textFor(other)).isEqualTo("other");
        }

        @Test
        void shouldEvaluatePerRecordWhatDependsOnIt() {
            Template template = Template.compile("%{/table}.%{/record/tenant}");
            TableTemplate ready = template.forTable(SCHEMA);

            assertThat(template.isPerTable()).isFalse();
            assertThat(ready.textFor(insert("a"))).isEqualTo("orders.a");
            assertThat(ready.textFor(insert("b"))).isEqualTo("orders.b");
        }
    }

    @Nested
    class Unresolved {

        @Test
        void shouldFailAtFirstRecordThatLacksValue() {
            TableTemplate ready = Template.compile("t.%{/record/tenant}").forTable(SCHEMA);
            assertThat(ready.textFor(insert("acme"))).isEqualTo("t.acme");

            UnresolvedTemplateException failure =
                    catchThrowableOfType(UnresolvedTemplateException.class, () -> ready.textFor(insert(null)));

            assertThat(failure)
                    .hasMessageContaining("shop.orders")
                    .hasMessageContaining("binlog.000003:1242")
                    .hasMessageContaining("column tenant is null")
                    .hasMessageContaining("%{/record/tenant|none}");
            assertThat(failure.template()).isEqualTo("t.%{/record/tenant}");
            assertThat(failure.placeholder()).isEqualTo("%{/record/tenant}");
            assertThat(failure.source().position()).isEqualTo(1242);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "%{/record/nothing}; the table has no column nothing",
                    "%{/record/tenant}; column tenant is absent",
                    "%{/record/details}; holds no text",
                    "%{/before/id}; has no row before it",
                    "%{/kind}; missing or null in this INSERT",
                })
        void shouldSayWhy(String template, String reason) {
            RowImage row = RowImage.of(SCHEMA, Map.of("id", 5L, "details", DETAILS));
            assertThatThrownBy(() -> text(template, record(Record.Kind.INSERT, null, row)))
                    .isInstanceOf(UnresolvedTemplateException.class)
                    .hasMessageContaining(reason);
        }

        @Test
        void shouldUseFallbacks() {
            Template template = Template.compile("%{/record/tenant|none}.%{/before/id}.%{/record/nope|}.")
                    .withFallback("x");

            assertThat(template.textFor(insert(null))).isEqualTo("none.x..");
            assertThat(template).hasToString("%{/record/tenant|none}.%{/before/id}.%{/record/nope|}.");
        }

        @Test
        void shouldTreatEmptyDatabaseAsMissing() {
            TableSchema schema = new TableSchema(new TableId("", "t"), SCHEMA.columns(), List.of());
            Record record = record(Record.Kind.INSERT, null, RowImage.of(schema, Map.of("id", 1L)));

            assertThatThrownBy(() -> text("%{/database}.x", record)).isInstanceOf(UnresolvedTemplateException.class);
            assertThat(text("%{/database|db}.%{/primary_key|nokey}", record)).isEqualTo("db.nokey");
        }
    }

    @Nested
    class Malformed {

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "''; 0; must not be empty",
                    "a.%{/table; 2; not closed",
                    "a.%{}; 4; must not be empty",
                    "%{|x}; 2; must not be empty",
                    "%{tenant}; 2; a column is /record/tenant",
                    "%{/tenant}; 2; a change has no /tenant",
                    "%{/record}; 2; not text but an object",
                    "%{/table/x}; 2; has no part /x",
                    "%{/record/a~b}; 11; written ~0",
                    "%{/record/a~}; 11; written ~0",
                    "%{/}; 2; a change has no /",
                })
        void shouldBeRefusedAtOnce(String template, int offset, String problem) {
            InvalidTemplateException failure =
                    catchThrowableOfType(InvalidTemplateException.class, () -> Template.compile(template));

            assertThat(failure).hasMessageContaining("column " + (offset + 1)).hasMessageContaining(problem);
            assertThat(failure.offset()).isEqualTo(offset);
            assertThat(failure.template()).isEqualTo(template);
        }
    }

    @Nested
    class Statements {

        private final Statement rename = new Statement(
                Statement.Kind.RENAME_TABLE,
                "shop",
                List.of(ORDERS, new TableId("archive", "orders_old")),
                "RENAME TABLE orders TO archive.orders_old",
                source("orders-service"),
                0);

        @Test
        void shouldNameOneOfItsTables() {
            Template template = Template.compile("%{/database}.%{/table}.%{type}.%{/kind}.%{/tables/0/table_name}");

            assertThat(template.textFor(rename, rename.tables().get(1)))
                    .isEqualTo("archive.orders_old.query.RENAME_TABLE.orders");
        }

        @Test
        void shouldKnowSessionDatabaseWhenNoTableIsNamed() {
            assertThat(Template.compile("%{/service}.%{/database}.%{/table|ddl}")
                            .textFor(rename, null))
                    .isEqualTo("orders-service.shop.ddl");
        }

        @Test
        void shouldFailWhereOnlyRecordsHaveText() {
            assertThatThrownBy(() -> Template.compile("%{/record/id}").textFor(rename, ORDERS))
                    .isInstanceOf(UnresolvedTemplateException.class)
                    .hasMessageContaining("a statement about shop.orders");
        }
    }
}
