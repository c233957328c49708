// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.PipelineOptions;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every type of column arrives in the mirror as it is in the source. */
@ExtendWith(MySqlExtension.class)
class MirrorValuesIT {

    /** A column, and two values of it as SQL. */
    private record Sample(String column, String one, String other) {}

    private static final List<Sample> SAMPLES = List.of(
            new Sample("tiny TINYINT UNSIGNED", "255", "0"),
            new Sample("big BIGINT", "-9223372036854775808", "9223372036854775807"),
            new Sample("bigu BIGINT UNSIGNED", "18446744073709551615", "9223372036854775808"),
            new Sample("bit1 BIT(1)", "1", "0"),
            new Sample("bit64 BIT(64)", "18446744073709551615", "1"),
            new Sample("f FLOAT", "16777217", "-1.17549e-38"),
            new Sample("d DOUBLE", "1.7976931348623157e308", "0.1"),
            new Sample(
                    "n DECIMAL(65,30)", "12345678901234567890123456789012345.123456789012345678901234567890", "-0.5"),
            new Sample("y YEAR", "0", "2155"),
            new Sample("c CHAR(5) CHARACTER SET latin1", "'äöü'", "''"),
            new Sample("v VARCHAR(20) CHARACTER SET utf8mb4", "'𝄞 ''quoted'' \\\\'", "'\\0'"),
            new Sample("b BINARY(4)", "'a'", "x'00ff'"),
            new Sample("bl BLOB", "x'00ff27225c'", "''"),
            new Sample("e ENUM('one','two')", "'two'", "'one'"),
            new Sample("s SET('a','b','c')", "'a,c'", "''"),
            new Sample("da DATE", "'9999-12-31'", "'0000-00-00'"),
            new Sample("dt DATETIME(6)", "'1000-01-01 00:00:00.000001'", "'2024-00-00 10:11:12'"),
            new Sample("ts TIMESTAMP(6)", "'2038-01-19 03:14:07.999999'", "'0000-00-00 00:00:00'"),
            new Sample("ti TIME(6)", "'-838:59:58.999999'", "'-00:00:00.5'"),
            new Sample("j JSON", "'{\"a\": [1, 1.50, null, \"ü\"]}'", "'null'"),
            new Sample("g GEOMETRY", "ST_GeomFromText('LINESTRING(1 2, 3 4)', 4326)", "ST_GeomFromText('POINT(0 0)')"));

    @Test
    @Timeout(120)
    void shouldHoldEveryValueOfTheSource(MySqlServer server) throws Exception {
        String source = server.createDatabase();
        String mirror = server.createDatabase();
        StringBuilder table = new StringBuilder("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY");
        StringBuilder one = new StringBuilder("INSERT INTO t VALUES (0");
        StringBuilder two = new StringBuilder("INSERT INTO t VALUES (5");
        for (Sample sample : SAMPLES) {
            table.append(", ").append(sample.column);
            one.append(", ").append(sample.one);
            two.append(", ").append(sample.other);
        }
        server.executeIn(source, table + ")");
        server.executeIn(mirror, table + ")");
        String start = server.executedGtids();
        server.executeIn(
                source,
                "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', time_zone = '+00:00'",
                one + ")",
                two + ")",
                "INSERT INTO t (id) VALUES (7)",
                "UPDATE t SET id = 1, c = 'x' WHERE id = 5",
                "INSERT INTO t (id) VALUES (8)",
                "DELETE FROM t WHERE id = 8");

        MySqlOptions options = MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .startFrom(StartFrom.gtids(start))
                .pipeline(PipelineOptions.builder("values")
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(source, "*")
                                .build())
                        .build())
                .build();
        var target = new MirrorTarget(
                TargetOptions.named("mirror"), UnloggedDatabase.of(server.host(), server.port(), mirror));
        try (var processor = new MySqlBinlogProcessor(options, List.of(target));
                Capture capture = Capture.start(processor)) {
            boolean delivered =
                    processor.awaitDelivered(MySqlPosition.gtids(server.executedGtids()), Duration.ofSeconds(30));
            capture.throwIfFailed();
            assertThat(delivered).isTrue();
        }

        assertThat(content(server, mirror)).isEqualTo(content(server, source)).hasSize(3);
        assertThat(checksum(server, mirror)).isEqualTo(checksum(server, source));
    }

    private static List<List<String>> content(MySqlServer server, String database) throws Exception {
        return server.query(
                "SELECT id, f * 1e0, HEX(bit64), HEX(c), HEX(v), HEX(b), CAST(dt AS CHAR), CAST(ts AS CHAR),"
                        + " CAST(ti AS CHAR), CAST(da AS CHAR), j, HEX(g), n FROM " + database + ".t ORDER BY id");
    }

    private static String checksum(MySqlServer server, String database) throws Exception {
        return server.query("CHECKSUM TABLE " + database + ".t").get(0).get(1);
    }
}
