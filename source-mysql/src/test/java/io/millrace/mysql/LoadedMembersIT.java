// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.Record;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.format.CanalJson;
import io.millrace.core.format.JsonBuffer;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members of ENUM and SET with characters that SQL has to quote: the same from a load and from the log. */
@Timeout(180)
class LoadedMembersIT {

    private static final String ESCAPED =
            "'','a\\\\b','it''s','\\\\','\\\\\\\\','a\\nb','a\\\\nb','r\\r','0\\0','\\\"','ä'";
    private static final String UNESCAPED = "'','a\\b','it''s','\\','\\\\','a\nb','a\\nb','\\r','\\0','\\''\"','ä'";
    private static final int MEMBERS = 11;

    @ParameterizedTest
    @EnumSource(MySqlRelease.class)
    void shouldBeThoseOfTheLog(MySqlRelease release, @TempDir Path directory) throws Exception {
        try (MySqlServer server = MySqlServer.builder(release).start()) {
            String database = server.createDatabase();
            create(server, database, "by_escapes", "", ESCAPED);
            create(server, database, "as_they_are", "NO_BACKSLASH_ESCAPES", UNESCAPED);
            server.execute("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'");
            MySqlOptions.Builder options = Captured.source(server, StartFrom.initialLoad())
                    .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                            .build());
            if (release == MySqlRelease.MYSQL_5_7) {
                options.schemaHistory(directory);
            }
            try (Captured captured = Captured.start(options.build())) {
                await(captured, 2 * MEMBERS);
                server.executeIn(database, "UPDATE as_they_are SET n = 1", "UPDATE by_escapes SET n = 1");
                List<Record> records = await(captured, 4 * MEMBERS);

                for (int i = 0; i < 2 * MEMBERS; i++) {
                    Record read = records.get(i);
                    Record update = records.get(2 * MEMBERS + i);
                    assertThat(read.schema().columns())
                            .isEqualTo(update.schema().columns());
                    assertThat(read.row()).hasToString(String.valueOf(update.before()));
                    assertThat(numbers(read)).isEqualTo(List.of(i % MEMBERS + 1L, 1L << i % MEMBERS));
                }
            }
        }
    }

    /** Each row has one member. */
    private static void create(MySqlServer server, String database, String table, String mode, String members)
            throws Exception {
        server.executeIn(
                database,
                "SET sql_mode = '" + mode + "'",
                "CREATE TABLE " + table + " (id INT PRIMARY KEY, n INT, e ENUM(" + members.replace("ä", "ä,y")
                        + ") CHARACTER SET utf8mb4, s SET(" + members.replaceFirst("''", "'x'")
                        + ") CHARACTER SET latin1)");
        for (int i = 0; i < MEMBERS; i++) {
            server.executeIn(database, "INSERT INTO %s VALUES (%d, 0, %d, %d)".formatted(table, i + 1, i + 1, 1 << i));
        }
    }

    private static List<Record> await(Captured captured, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> captured.records().size() >= count);
        List<Record> records = captured.records();
        assertThat(records).hasSize(count);
        return records;
    }

    /** {@return the numbers that the server stores} */
    private static List<Long> numbers(Record record) throws Exception {
        JsonBuffer out = new JsonBuffer();
        CanalJson.builder().build().forTable(record.schema()).write(record, out);
        JsonNode row =
                new ObjectMapper().readTree(out.toByteArray()).get("data").get(0);
        return List.of(
                Long.valueOf(row.get("e").textValue()),
                Long.valueOf(row.get("s").textValue()));
    }
}
