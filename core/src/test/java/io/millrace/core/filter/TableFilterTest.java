// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Finding;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.TableId;
import org.junit.jupiter.api.Test;

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

    @Test
    void shouldRefuseWhatWouldSilentlyMatchNothing() {
        TableFilter.Builder builder = TableFilter.builder()
                .include("shop", "tmp_*")
                .exclude("/^a/", "*")
                .exclude("shop", " ")
                .include("a.b", "c?%");

        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(
                        InvalidOptionsException.class,
                        e -> assertThat(e.findings())
                                .extracting(Finding::setting)
                                .containsExactly("table of rule 1", "database of rule 2", "table of rule 3"))
                .hasMessageContaining("table of rule 1 was 'tmp_*' but it must be an exact name, or * for any");
    }
}
