// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random tables of every type, of which the log tells neither names nor members. */
class ValuesWithHistoryIT {

    private static final long SEED = Long.getLong("millrace.seed", System.nanoTime());

    @TempDir
    Path directory;

    @Test
    void shouldCaptureEveryValueAsTheServerHasIt() throws Exception {
        Random random = new Random(SEED);
        Tally tally = new Tally();
        Comparison comparison = new Comparison(tally, row -> row);
        try (MySqlServer server = MySqlServer.builder()
                        .option("binlog-row-metadata", "MINIMAL")
                        .start();
                RandomTables tables = new RandomTables(server, random, directory)) {
            ColumnCatalogue catalogue = new ColumnCatalogue(server, random, 100);
            tables.write(catalogue.columns(random, false), 20, comparison::compare);
        } catch (Throwable t) {
            throw new AssertionError("seed " + SEED, t);
        }

        assertThat(tally.differences()).as("seed %d", SEED).isEmpty();
        assertThat(tally.distinct(ValueType.ENUM)).isGreaterThan(30);
    }
}
