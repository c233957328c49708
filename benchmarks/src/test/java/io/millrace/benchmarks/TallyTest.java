// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TallyTest {

    private static Tally tally(int rows, boolean hasVersions) {
        return new Tally(
                new Job(1, false, "", "t", "", "", new Job.Start("binlog.000001", 4, ""), rows, 1, hasVersions));
    }

    private static void json(Tally tally, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        tally.json(bytes, DebeziumContestant.row(json), bytes.length);
    }

    /** Each pair is the id of a row and its version. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0:0 1:0 2:0         | true
            0:0 0:1 0:2         | true
            0:0 1:0 0:1 1:0     | true
            0:0 0:1 0:1         | true
            0:0 0:2             | false
            0:1                 | false
            0:0 0:1 0:0         | false
            0:0 0:0 0:0         | false
            0:0 0:0 0:1         | false
            9:0                 | false
            """)
    void shouldCheckTheOrderOfEachKey(String rows, boolean isInOrder) {
        Tally tally = tally(5, true);
        for (String row : rows.trim().split(" ")) {
            String[] parts = row.split(":");
            json(tally, "{\"after\":{\"id\":%s,\"version\":%s}}".formatted(parts[0], parts[1]));
        }
        assertThat(tally.isInOrder()).isEqualTo(isInOrder);
    }

    @Test
    void shouldCheckThatIdsCount() {
        Tally tally = tally(3, false);
        json(tally, "{\"id\":0}");
        json(tally, "{\"id\":2}");
        assertThat(tally.isInOrder()).isFalse();
        assertThat(tally.isComplete()).isFalse();
    }

    @Test
    void shouldFindIdsWhereverTheyStand() {
        Tally tally = tally(3, false);
        json(tally, "{\"id\":0}");
        json(tally, "{\"a\":1,\"id\":1}");
        json(tally, "{\"id\":2}");
        assertThat(tally.isInOrder()).isTrue();
        assertThat(tally.lastId()).isEqualTo(2);
    }

    @Test
    void shouldRefuseRowsWithoutId() {
        Tally tally = tally(3, false);
        json(tally, "{\"a\":0}");
        assertThat(tally.isInOrder()).isFalse();
    }

    @Test
    void shouldNotLookAtWhatFollows() {
        Tally tally = tally(1, false);
        json(tally, "{\"id\":0}");
        json(tally, "{\"id\":7}");
        assertThat(tally.isComplete()).isTrue();
        assertThat(tally.isInOrder()).isTrue();
        assertThat(tally.rows()).isEqualTo(1);
        assertThat(tally.bytes()).isEqualTo(8);
    }

    @Test
    void shouldFindTheRowOfAnEnvelope() {
        Tally tally = tally(3, true);
        json(tally, "{\"before\":null,\"after\":{\"id\":0,\"version\":0}}");
        json(tally, "{\"before\":{\"id\":0,\"version\":0},\"after\":{\"id\":0,\"version\":1}}");
        json(tally, "{\"before\":{\"id\":0,\"version\":1},\"after\":null}");
        assertThat(tally.isInOrder()).isTrue();
        assertThat(tally.isComplete()).isTrue();
    }
}
