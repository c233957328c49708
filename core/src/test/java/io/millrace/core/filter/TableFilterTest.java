// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Finding;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.Record.Kind;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableFilterTest {

    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableId USERS = new TableId("shop", "users");
    private static final TableId OTHER = new TableId("other", "orders");

    @Test
    void shouldIncludeWhatNoRuleMatches() {
        assertThat(TableFilter.includeAll().includes(ORDERS)).isTrue();
        assertThat(TableFilter.builder().exclude("shop", "users").build().includes(ORDERS))
                .isTrue();
    }

    @Test
    void shouldLetTheLastMatchingRuleDecide() {
        TableFilter filter = TableFilter.builder()
                .exclude("shop", "*")
                .include("shop", "orders")
                .include("shop", "users")
                .exclude("shop", "users")
                .build();

        assertThat(filter.includes(ORDERS)).isTrue();
        assertThat(filter.includes(USERS)).isFalse();
        assertThat(filter.includes(OTHER)).isTrue();
    }

    @Test
    void shouldTestTheTableBesideAnyDatabase() {
        TableFilter filter = TableFilter.builder().exclude("*", "users").build();

        assertThat(filter.includes(USERS)).isFalse();
        assertThat(filter.includes(ORDERS)).isTrue();
    }

    @Test
    void shouldTellLetterCaseApart() {
        TableFilter filter = TableFilter.builder().exclude("shop", "Orders").build();

        assertThat(filter.includes(ORDERS)).isTrue();
    }

    @Test
    void shouldSayWhichRuleDecided() {
        TableFilter filter = TableFilter.builder()
                .exclude("*", "*")
                .include("shop", "orders")
                .build();

        assertThat(filter.explain(ORDERS)).isEqualTo(new TableFilter.Verdict(true, 2, "include shop.orders"));
        assertThat(filter.explain(USERS)).isEqualTo(new TableFilter.Verdict(false, 1, "exclude *.*"));
        assertThat(TableFilter.includeAll().explain(USERS).rule()).isZero();
        assertThat(filter).hasToString("1: exclude *.*\n2: include shop.orders");
    }

    @Test
    void shouldNameTablesThatStandForAllThatAreCaptured() {
        TableFilter filter = TableFilter.builder()
                .exclude("*", "*")
                .include("shop", "orders")
                .include("other", "*")
                .include("shop", "users")
                .exclude("shop", "users")
                .build();

        assertThat(filter.representatives("x")).containsExactly(ORDERS, new TableId("other", "x"));
        assertThat(TableFilter.includeAll().representatives("x")).containsExactly(new TableId("x", "x"));
    }

    @ParameterizedTest
    @CsvSource({
        "shop_*,       shop_1,     true",
        "shop_*,       shop_,      true",
        "shop_*,       xshop_1,    false",
        "sh?p,         shop,       true",
        "sh?p,         shp,        false",
        "a.b*,         a.bc,       true",
        "a.b*,         axbc,       false",
        "/or.*s/,      orders,     true",
        "/or.*s/,      orders2,    false",
        "/a|b/,        b,          true",
        "/a|b/,        ab,         false",
        "/,            /,          true",
        "Shop,         shop,       false",
    })
    void shouldMatchNamesByPatterns(String pattern, String name, boolean matches) {
        TableFilter tables =
                TableFilter.builder().exclude("*", "*").include("d", pattern).build();
        TableFilter databases =
                TableFilter.builder().exclude("*", "*").include(pattern, "t").build();

        assertThat(tables.includes(new TableId("d", name))).isEqualTo(matches);
        assertThat(databases.includes(new TableId(name, "t"))).isEqualTo(matches);
        assertThat(databases.includesAnyOf(name)).isEqualTo(matches);
    }

    @Test
    void shouldIgnoreCaseIfAsked() {
        TableFilter filter = TableFilter.builder()
                .exclude("*", "*")
                .include("SHOP", "Or?ers")
                .include("/shop/", "USERS")
                .ignoreCase(true)
                .build();

        assertThat(filter.includes(ORDERS)).isTrue();
        assertThat(filter.includes(USERS)).isTrue();
        assertThat(filter.includes(OTHER)).isFalse();
    }

    @Test
    void shouldDecideAboutEvents() {
        TableFilter filter = TableFilter.builder()
                .exclude("shop", "orders", Kind.DELETE, Kind.UPDATE)
                .include("shop", "*", Kind.UPDATE)
                .exclude("shop", "users", Kind.values())
                .build();

        assertThat(filter.includes(ORDERS, Kind.DELETE)).isFalse();
        assertThat(filter.includes(ORDERS, Kind.UPDATE)).isTrue();
        assertThat(filter.includes(ORDERS, Kind.INSERT)).isTrue();
        assertThat(filter.includes(ORDERS)).isTrue();
        assertThat(filter.includes(USERS)).isFalse();
        assertThat(filter.includesAnyOf("shop")).isTrue();
        assertThat(filter.explain(ORDERS, Kind.DELETE))
                .isEqualTo(new TableFilter.Verdict(false, 1, "exclude UPDATE, DELETE of shop.orders"));
        assertThat(filter.explain(ORDERS, Kind.INSERT).rule()).isZero();
        assertThat(filter.explain(USERS)).isEqualTo(new TableFilter.Verdict(false, 3, "exclude shop.users"));
    }

    @Test
    void shouldSeeThatAllEventsAreLeftOutOneByOne() {
        TableFilter.Builder builder = TableFilter.builder();
        for (Kind kind : Kind.values()) {
            assertThat(builder.build().includes(ORDERS)).isTrue();
            assertThat(builder.build().includesAnyOf("shop")).isTrue();
            builder.exclude("shop", "*", kind);
        }

        assertThat(builder.build().includes(ORDERS)).isFalse();
        assertThat(builder.build().includesAnyOf("shop")).isFalse();
        assertThat(builder.build().includes(OTHER)).isTrue();
    }

    @Test
    void shouldDecideAboutColumns() {
        TableFilter filter = TableFilter.builder()
                .excludeColumns("*", "*", "*secret*")
                .onlyColumns("shop", "users", "id", "name", "/secret_[0-9]/")
                .excludeColumns("shop", "*", "name")
                .includeColumns("shop", "orders", "name")
                .build();

        assertThat(filter.includesColumn(OTHER, "a_secret_b")).isFalse();
        assertThat(filter.includesColumn(OTHER, "name")).isTrue();
        assertThat(filter.includesColumn(USERS, "id")).isTrue();
        assertThat(filter.includesColumn(USERS, "secret_1")).isTrue();
        assertThat(filter.includesColumn(USERS, "name")).isFalse();
        assertThat(filter.includesColumn(USERS, "other")).isFalse();
        assertThat(filter.includesColumn(ORDERS, "name")).isTrue();
        assertThat(filter.includes(USERS)).isTrue();
        assertThat(filter.explainColumn(USERS, "other"))
                .isEqualTo(new TableFilter.Verdict(
                        false, 2, "include only columns id, name, /secret_[0-9]/ of shop.users"));
        assertThat(filter.explainColumn(ORDERS, "id").rule()).isZero();
    }

    @Test
    void shouldNameTablesThatStandForPatterns() {
        TableFilter filter = TableFilter.builder()
                .exclude("*", "*")
                .include("shop_*", "t?p")
                .include("/a+/", "orders")
                .exclude("/b+/", "orders")
                .build();

        assertThat(filter.representatives("x"))
                .containsExactly(new TableId("shop_x", "txp"), new TableId("x", "orders"));
    }

    @Test
    void shouldTellAllThatIsWrong() {
        TableFilter.Builder builder =
                TableFilter.builder().exclude("/(/", "*").exclude("shop", " ").excludeColumns("a", "b", "c", "/[/");

        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(
                        InvalidOptionsException.class,
                        e -> assertThat(e.findings())
                                .extracting(Finding::setting)
                                .containsExactly("database of rule 1", "table of rule 2", "column of rule 3"))
                .hasMessageContaining("database of rule 1 was '/(/' but it must be a regular expression")
                .hasMessageContaining("Unclosed group");
        assertThatThrownBy(() -> builder.onlyColumns("a", "b")).hasMessageContaining("at least one");
    }

    @Nested
    class OfRows {

        private final TableSchema schema = new TableSchema(
                USERS,
                List.of(
                        Column.of("id", ColumnType.LONG),
                        Column.of("name", ColumnType.STRING),
                        Column.of("password", ColumnType.STRING)),
                List.of("id"));
        private final RowImage row = RowImage.of(schema, Map.of("id", 1L, "name", "Ann", "password", "x"));

        private Record record(Kind kind, @Nullable RowImage before, @Nullable RowImage after) {
            Transaction transaction = new Transaction(1, "tx", null, 0) {};
            return new Record(kind, before, after, new SourceInfo("s", "b", 1, transaction, 1, null), 0);
        }

        private @Nullable Record applied(TableFilter filter, Record record) {
            return Objects.requireNonNull(filter.rowFilter()).apply(record);
        }

        @Test
        void shouldBeNeededOnlyWhereRulesAskForIt() {
            assertThat(TableFilter.builder()
                            .exclude("*", "*")
                            .include("shop", "*")
                            .build()
                            .rowFilter())
                    .isNull();
        }

        @Test
        void shouldLeaveEventsOut() {
            TableFilter filter =
                    TableFilter.builder().exclude("shop", "users", Kind.DELETE).build();
            Record insert = record(Kind.INSERT, null, row);

            assertThat(applied(filter, insert)).isSameAs(insert);
            assertThat(applied(filter, record(Kind.DELETE, row, null))).isNull();
        }

        @Test
        void shouldLeaveColumnsOutOfBothImages() {
            TableFilter filter = TableFilter.builder()
                    .excludeColumns("shop", "users", "name", "password")
                    .includeColumns("*", "*", "name")
                    .build();

            Record kept = Objects.requireNonNull(applied(filter, record(Kind.UPDATE, row.with("name", "Bea"), row)));

            assertThat(Objects.requireNonNull(kept.before()).asMap()).isEqualTo(Map.of("id", 1L, "name", "Bea"));
            assertThat(Objects.requireNonNull(kept.after()).asMap()).isEqualTo(Map.of("id", 1L, "name", "Ann"));
            assertThat(kept.schema().primaryKey()).containsExactly("id");
            assertThat(kept.before().schema()).isSameAs(kept.schema());
            assertThat(kept.toJson()).doesNotContain("password");
        }

        @Test
        void shouldNotLeaveTheKeyOut() {
            TableFilter filter =
                    TableFilter.builder().onlyColumns("shop", "users", "name").build();

            assertThatThrownBy(() -> applied(filter, record(Kind.INSERT, null, row)))
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("rule 1")
                    .hasMessageContaining("column id")
                    .hasMessageContaining("shop.users");
        }
    }
}
