// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MySqlReleaseTest {

    private static final Map<MySqlRelease, String> VERSIONS = Map.of(
            MySqlRelease.MYSQL_5_7, "5.7.22-log",
            MySqlRelease.MYSQL_8_0, "8.0.31",
            MySqlRelease.MARIADB_11_4, "11.4.5-MariaDB-log");

    @ParameterizedTest
    @EnumSource(MySqlRelease.class)
    void shouldKeepItsDataThroughRestartAndKill(MySqlRelease release) throws Exception {
        Path folder;
        try (MySqlServer server = MySqlServer.builder(release).durable().start()) {
            folder = server.dataFolder();
            assertThat(server.release()).isSameAs(release);
            List<List<String>> identity = server.query(identity(release));
            String none = server.executedGtids();
            server.execute("CREATE DATABASE d", "CREATE TABLE d.t (id INT PRIMARY KEY)", "INSERT INTO d.t VALUES (1)");
            server.restart();
            server.execute("INSERT INTO d.t VALUES (2)");
            String gtids = server.executedGtids();
            server.kill();
            assertThatThrownBy(server::connect).isInstanceOf(SQLException.class);
            server.startAgain();

            assertThat(identity.get(0)).startsWith(VERSIONS.get(release), "1", "ROW");
            assertThat(server.query(identity(release))).isEqualTo(identity);
            assertThat(none).isEmpty();
            assertThat(server.query("SELECT id FROM d.t ORDER BY id")).containsExactly(List.of("1"), List.of("2"));
            assertThat(server.executedGtids()).isEqualTo(gtids).endsWith("-4");
        }
        assertThat(Files.exists(folder)).isFalse();
    }

    private static String identity(MySqlRelease release) {
        String id = release.isMariaDb() ? "@@server_uid" : "@@server_uuid";
        return "SELECT @@version, @@log_bin, @@binlog_format, " + id;
    }
}
