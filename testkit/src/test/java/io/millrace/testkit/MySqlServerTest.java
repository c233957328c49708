// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MySqlExtension.class)
class MySqlServerTest {

    @Test
    void shouldBeSetUpForCapture(MySqlServer server) throws Exception {
        assertThat(server.query("SELECT @@version, @@log_bin, @@binlog_format, @@binlog_row_metadata, @@gtid_mode"))
                .containsExactly(List.of("8.0.31", "1", "ROW", "FULL", "ON"));
        assertThat(server.query("SHOW VARIABLES LIKE 'have_ssl'").get(0)).containsExactly("have_ssl", "YES");
    }

    @Test
    void shouldBeTheSameServerForAllTests(MySqlServer one, MySqlServer other) {
        assertThat(one).isSameAs(other);
    }

    @Test
    void shouldMakeDatabasesOfDifferentNames(MySqlServer server) throws Exception {
        assertThat(server.createDatabase()).isNotEqualTo(server.createDatabase());
    }

    @Test
    void shouldCountTransactionsByGtid(MySqlServer server) throws Exception {
        String before = server.executedGtids();

        server.createDatabase();

        assertThat(server.executedGtids()).isNotEqualTo(before).startsWith(server.serverUuid() + ":1");
    }

    @Test
    void shouldTakeOptionsAndRunOnLibrariesOfItsOwn() throws Exception {
        try (MySqlServer server = MySqlServer.builder()
                .ownLibraries()
                .option("binlog-format", "STATEMENT")
                .without("binlog-row-metadata")
                .start()) {
            assertThat(server.query("SELECT @@binlog_format, @@binlog_row_metadata"))
                    .containsExactly(List.of("STATEMENT", "MINIMAL"));
        }
    }

    @Test
    void shouldShowTheServersOwnWordsWhenItDoesNotStart() {
        assertThatThrownBy(() ->
                        MySqlServer.builder().option("no-such-option", "1").start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-option");
    }
}
