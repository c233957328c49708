// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Position;
import io.millrace.core.TableId;
import io.millrace.core.source.load.NumberedLog.At;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadPositionTest {

    private static LoadPosition at(long log, @Nullable LoadedTo to) {
        return new LoadPosition(new At(log), to);
    }

    private static LoadedTo to(String table, String pass, long rows, String... after) {
        return new LoadedTo(new TableId("shop", table), pass, rows, List.of("id int", "name text"), List.of(after));
    }

    @Test
    void shouldReadBackHowFarTablesAreLoaded() {
        for (Position position : List.of(
                at(7, null),
                at(7, to("orders", "p", 5_000, "17", "_utf8mb4 x'c3a4'")),
                at(0, to("a \"b\"", "q", 12)))) {
            assertThat(LoadPosition.parse(position.toJson(), At::parse)).isEqualTo(position);
        }
        assertThat(LoadPosition.parse("7", At::parse)).isEqualTo(new At(7));
    }

    @Test
    void shouldLeaveItToTheLogToRefuseWhatIsNoPosition() {
        for (String json : List.of("nothing", "{\"load\":{}}", "{\"load\":{},\"log\":\"x\"}")) {
            assertThatThrownBy(() -> LoadPosition.parse(json, At::parse)).isInstanceOf(NumberFormatException.class);
        }
        assertThatThrownBy(() -> LoadPosition.parse("{\"log\":7,\"load\":{\"rows\":5}}", At::parse))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{\"rows\":5}");
        String twice = new LoadPosition(new At(7), null).toJson();
        assertThatThrownBy(() -> LoadPosition.parse(
                        "{\"log\":" + twice + ",\"load\":{}}", json -> LoadPosition.parse(json, At::parse)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(twice);
    }

    @Test
    void shouldLieBeforeTheLog() {
        LoadPosition loading = at(7, to("a", "p", 900, "900"));

        assertThat(new At(7).includes(loading)).isTrue();
        assertThat(loading.includes(new At(7))).isFalse();
        assertThat(loading.includes(new At(1))).isFalse();
        assertThat(loading.lowest(new At(7))).isEqualTo(loading);
        assertThat(loading.lowest(new At(5))).isEqualTo(at(5, loading.to()));
        assertThat(LoadPosition.logOf(loading)).isEqualTo(new At(7));
        assertThat(LoadPosition.logOf(new At(7))).isEqualTo(new At(7));
    }

    @Test
    void shouldTakeWhatHasLoadedLessAsTheLowest() {
        LoadPosition first = at(7, to("a", "p", 900, "900"));
        LoadPosition second = at(9, to("b", "p", 10, "10"));

        assertThat(first.lowest(second)).isEqualTo(first).isEqualTo(second.lowest(first));
        assertThat(at(9, null).lowest(first)).isEqualTo(at(7, null)).isEqualTo(first.lowest(at(9, null)));
        assertThat(second.includes(first)).isTrue();
        assertThat(at(8, second.to()).includes(second)).as("of a later log").isFalse();
        assertThat(second.includes(at(9, to("b", "p", 9, "9")))).isTrue();
        assertThat(second.includes(at(9, to("b", "p", 11, "11")))).isFalse();
        assertThat(second.includes(at(9, null))).isTrue();
        assertThat(at(9, null).includes(second)).isFalse();
    }

    /** More rows may stand before a row when they are read once more. */
    @Test
    void shouldNotCompareRowsThatWereReadInDifferentPasses() {
        LoadPosition few = at(7, to("a", "p", 5_000, "100000"));
        LoadPosition many = at(7, to("a", "q", 8_192, "40000"));

        assertThat(few.lowest(many)).isEqualTo(at(7, to("a", "p", 0)));
        assertThat(many.lowest(few)).isEqualTo(at(7, to("a", "q", 0)));
        assertThat(many.includes(few)).isFalse();
        assertThat(few.includes(many)).isFalse();
        assertThat(few.includes(few.lowest(many))).isTrue();
        assertThat(few.includes(at(7, few.to().inPass("q")))).isFalse();
    }
}
