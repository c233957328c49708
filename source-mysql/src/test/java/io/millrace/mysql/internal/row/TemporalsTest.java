// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.ZeroDate;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MySqlExtension.class)
class TemporalsTest {

    private static Session session;

    @BeforeAll
    static void connect(MySqlServer server) throws SQLException {
        session = new Session(server);
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    private static ColumnCase column(String type) {
        return new ColumnCase(session, type);
    }

    private static String sized(String type, int digits) {
        return digits == 0 ? type : type + "(" + digits + ")";
    }

    @Test
    void shouldReadDatesEvenZeroAndPartialOnes() throws SQLException {
        column("date")
                .holds(
                        "'0000-00-00'",
                        "'0000-01-01'",
                        "'2020-00-10'",
                        "'2020-02-00'",
                        "'1000-01-01'",
                        "'2024-02-29'",
                        "'9999-12-31'");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void shouldReadDateTimesOfEveryPrecision(int digits) throws SQLException {
        column(sized("datetime", digits))
                .holds(
                        "'0000-00-00 00:00:00'",
                        "'0000-01-01 00:00:00.000001'",
                        "'2020-00-10 01:02:03.5'",
                        "'1000-01-01 00:00:00'",
                        "'2024-12-03 03:48:55.123456'",
                        "'9999-12-31 23:59:59.499999'",
                        "'2024-01-01 12:00:00.999999'",
                        "'2024-01-01 12:00:00.000010'");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void shouldReadTimestampsOfEveryPrecision(int digits) throws SQLException {
        column(sized("timestamp", digits) + " NULL")
                .holds(
                        "'0000-00-00 00:00:00'",
                        "'1970-01-01 00:00:01'",
                        "'1970-01-01 00:00:01.999999'",
                        "'2024-12-03 03:48:55.123456'",
                        "'2038-01-19 03:14:07'",
                        "'2024-03-31 02:30:00.000010'");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void shouldReadTimesOfEveryPrecisionAndSign(int digits) throws SQLException {
        column(sized("time", digits))
                .holds(
                        "'00:00:00'",
                        "'-00:00:00.000001'",
                        "'-00:00:00.5'",
                        "'-00:00:01'",
                        "'-00:00:01.999999'",
                        "'-12:34:56.789012'",
                        "'12:34:56.789012'",
                        "'838:59:59'",
                        "'-838:59:59'",
                        "'838:59:58.999999'",
                        "'-838:59:58.000001'",
                        "'-00:59:59.1'",
                        "'-01:00:00.01'",
                        "'-255:59:59.99'");
    }

    @Test
    void shouldReadRandomTimes() throws SQLException {
        Random random = new Random(11);
        for (int digits = 0; digits <= 6; digits++) {
            List<String> literals = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                literals.add("'%s%d:%02d:%02d.%06d'"
                        .formatted(
                                random.nextBoolean() ? "-" : "",
                                random.nextInt(838),
                                random.nextInt(60),
                                random.nextInt(60),
                                random.nextInt(1_000_000)));
            }
            column(sized("time", digits)).holds(literals);
        }
    }

    @Test
    void shouldReadTimestampsAsInstantsWhateverTheSessionsZone() throws SQLException {
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (id INT PRIMARY KEY, c TIMESTAMP(3) NULL)");
        session.run("SET time_zone = '+05:30'");

        List<LoggedRow> rows = session.rowsOf("INSERT INTO t VALUES (1, '2024-12-03 09:18:55.250'), (2, 0)");

        session.run("SET time_zone = '+00:00'");
        assertThat(rows.get(0).image().get("c")).isEqualTo(Instant.parse("2024-12-03T03:48:55.250Z"));
        assertThat(rows.get(1).image().get("c")).isEqualTo(new ZeroDate(0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldGiveJavasOwnTypes() throws SQLException {
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (a TIME(6), b DATETIME(6), c DATE)");

        MySqlRow row = session.rowsOf("INSERT INTO t VALUES ('-838:59:59', '2024-01-02 03:04:05.678901', '2020-00-10')")
                .get(0)
                .image();

        assertThat(row.get("a"))
                .isEqualTo(Duration.ofHours(-838).minusMinutes(59).minusSeconds(59));
        assertThat(row.get("b")).isEqualTo(LocalDateTime.of(2024, 1, 2, 3, 4, 5, 678_901_000));
        assertThat(row.get("c")).isEqualTo(new ZeroDate(2020, 0, 10, 0, 0, 0, 0));
    }
}
