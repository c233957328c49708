// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/mysql.md says of values is what the proof checks, and what it has found. */
class ValuesPageTest {

    private static final List<String> LINES = lines();
    private static final Set<Mapping> CHARSETS = EnumSet.of(Mapping.TEXT, Mapping.MEMBER, Mapping.MEMBERS);

    private static List<String> lines() {
        try {
            return Files.readAllLines(Path.of("..", "docs", "mysql.md"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellWhatTypesBecome(Mapping mapping) {
        assertThat(LINES).contains(mapping.documented());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VECTOR")
    void shouldShowTenThousandValuesOfEveryTypeWithoutADifference(ValueType type) {
        for (Result result : Result.values()) {
            String start = "| " + type.sql() + " | " + result.title() + " | ";
            List<String> found =
                    LINES.stream().filter(line -> line.startsWith(start)).toList();

            assertThat(found).as(start).hasSize(1);
            List<String> cells = Arrays.stream(found.get(0).split("\\|", -1))
                    .map(String::strip)
                    .toList();
            shouldShowTenThousandValues(type, cells.subList(3, 7), 40);
            if (type == ValueType.JSON) {
                assertThat(cells.subList(7, 11)).as("text to MariaDB").containsOnly("");
            } else {
                shouldShowTenThousandValues(type, cells.subList(7, 11), 39);
            }
        }
    }

    /** @param cells values compared, distinct ones, charsets, differences */
    private static void shouldShowTenThousandValues(ValueType type, List<String> cells, int charsets) {
        assertThat(Integer.parseInt(cells.get(1)))
                .as("distinct values of %s", type)
                .isGreaterThanOrEqualTo(Math.min(type.possible(), ValuesIT.DISTINCT));
        if (CHARSETS.contains(type.mapping())) {
            assertThat(Integer.parseInt(cells.get(2)))
                    .as("charsets of %s", type)
                    .isEqualTo(charsets);
        }
        assertThat(cells.get(3)).as("differences of %s", type).isEqualTo("0");
    }

    @Test
    void shouldShowTheCommandOfTheLongForm() {
        assertThat(LINES).anyMatch(line -> line.startsWith("mvn verify") && line.contains("-Dtest=ValuesIT"));
    }
}
