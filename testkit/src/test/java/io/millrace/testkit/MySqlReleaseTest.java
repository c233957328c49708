// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MySqlReleaseTest {

    @ParameterizedTest
    @CsvSource({"MYSQL_5_7,5.7.22-log", "MYSQL_8_0,8.0.31", "MARIADB_11_4,11.4.5-MariaDB-log"})
    void shouldBeThatVersion(MySqlRelease release, String version) throws Exception {
        try (MySqlServer server = MySqlServer.builder(release).start()) {
            assertThat(server.query("SELECT @@version, @@log_bin, @@binlog_format"))
                    .containsExactly(List.of(version, "1", "ROW"));
            assertThat(server.release()).isSameAs(release);
        }
    }

    @ParameterizedTest
    @EnumSource(MySqlRelease.class)
    void shouldKeepItsDataThroughRestartAndKill(MySqlRelease release) throws Exception {
        try (MySqlServer server = MySqlServer.builder(release).durable().start()) {
            String none = server.executedGtids();
            server.execute("CREATE DATABASE d", "CREATE TABLE d.t (id INT PRIMARY KEY)", "INSERT INTO d.t VALUES (1)");
            server.restart();
            server.execute("INSERT INTO d.t VALUES (2)");
            String gtids = server.executedGtids();
            server.kill();
            server.startAgain();

            assertThat(none).isEmpty();
            assertThat(server.query("SELECT id FROM d.t ORDER BY id")).containsExactly(List.of("1"), List.of("2"));
            assertThat(server.executedGtids()).isEqualTo(gtids).endsWith("-4");
        }
    }
}
