// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.MySqlServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random tables of every type, compared with the server's own word. A failure names its seed;
 * {@code -Dmillrace.seed=N} writes the same tables again.
 */
@ParameterizedClass(autoCloseArguments = false)
@MySqlServers({MySqlRelease.MYSQL_8_0, MySqlRelease.MARIADB_11_4})
class ValuesIT {

    static final int DISTINCT = 10_000;

    private static final long SEED = Long.getLong("millrace.seed", System.nanoTime());

    private static ColumnCatalogue catalogue;
    private static List<Comparison.Written> written;

    /** Neither the writer's zone nor that of the JVM may show in a value. */
    private static final TimeZone ZONE = TimeZone.getDefault();

    @BeforeAll
    static void liveInNewYork() {
        TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
    }

    @AfterAll
    static void comeHome() {
        TimeZone.setDefault(ZONE);
    }

    @Parameter
    private MySqlServer server;

    @BeforeParameterizedClassInvocation
    static void writeAndCapture(MySqlServer server) throws Exception {
        Random random = new Random(SEED);
        written = new ArrayList<>();
        try (RandomTables tables = new RandomTables(server, random)) {
            catalogue = new ColumnCatalogue(server, random, 300);
            tables.write(catalogue.columns(random, false), 70, written::add);
        } catch (Throwable t) {
            throw new AssertionError("seed " + SEED, t);
        }
    }

    private static Tally compared() throws Exception {
        Tally tally = new Tally();
        Comparison comparison = new Comparison(tally, row -> row);
        for (Comparison.Written table : written) {
            comparison.compare(table);
        }
        return tally;
    }

    private static Set<ValueType> types() {
        Set<ValueType> types = EnumSet.allOf(ValueType.class);
        types.removeIf(type -> !catalogue.has(type));
        return types;
    }

    @Test
    void shouldCaptureEveryValueAsTheServerHasIt() throws Exception {
        Tally tally = compared();

        assertThat(tally.differences()).as("seed %d", SEED).isEmpty();
        for (ValueType type : types()) {
            int least = Math.min(type.possible(), 30);
            assertThat(tally.distinct(type)).as("%s, seed %d", type, SEED).isGreaterThanOrEqualTo(least);
        }
        assertThat(tally.charsets(ValueType.CHAR))
                .hasSameSizeAs(catalogue.charsets().keySet());
    }

    /** The proof is only worth something if it finds bugs: here are some, and it must see each where it is. */
    @ParameterizedTest
    @EnumSource(PlantedBug.class)
    void shouldFindAPlantedBug(PlantedBug bug) throws Exception {
        Tally tally = new Tally();
        Comparison comparison = new Comparison(tally, row -> new MisreadRow(row, bug));
        for (Comparison.Written table : written) {
            comparison.compare(table.insertsOnly());
        }

        Set<ValueType> expected = types();
        expected.retainAll(bug.types());
        assertThat(tally.differing()).as("seed %d", SEED).isEqualTo(expected);
    }

    @Test
    @Tag("long")
    void shouldCaptureTenThousandValuesOfEveryTypeInEveryCharset() throws Exception {
        Random random = new Random(SEED);
        Tally tally = new Tally();
        Comparison comparison = new Comparison(tally, row -> row);
        Set<ValueType> wanted = types();
        try (RandomTables tables = new RandomTables(server, random)) {
            for (int round = 0; !wanted.isEmpty() && round < 100; round++) {
                ColumnCatalogue ofRound = new ColumnCatalogue(server, random, 3000);
                List<ColumnUnderTest> columns = new ArrayList<>(ofRound.columns(random, round == 0));
                columns.removeIf(column -> !wanted.contains(column.type()));
                tables.write(columns, round == 0 ? 100 : 600, comparison::compare);
                assertThat(tally.differences()).as("seed %d", SEED).isEmpty();
                wanted.removeIf(type -> tally.distinct(type) >= Math.min(type.possible(), DISTINCT));
            }
        }
        Files.write(Path.of("target", "values-" + server.release() + ".md"), tally.table());

        assertThat(wanted).as("too few values, seed %d", SEED).isEmpty();
        assertThat(Arrays.stream(ValueType.values())
                        .mapToLong(tally::differences)
                        .sum())
                .isZero();
    }
}
