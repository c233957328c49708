// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** After an update that is logged as a difference, a row is what the server says it is. */
@ExtendWith(MySqlExtension.class)
class PartialJsonTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int J = 1;
    private static final int K = 2;

    private static Session session;

    @BeforeAll
    static void connect(MySqlServer server) throws SQLException {
        session = new Session(server);
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    @BeforeEach
    void createTable() throws SQLException {
        session.run("DROP TABLE IF EXISTS p");
        session.run("CREATE TABLE p (id INT PRIMARY KEY, j JSON, k JSON, pad VARCHAR(20), l JSON)");
        session.run("SET binlog_row_image = FULL, binlog_row_value_options = 'PARTIAL_JSON'");
    }

    private static void insert(String j, String k) throws SQLException {
        session.run("INSERT INTO p VALUES (1, " + j + ", " + k + ", 'pad', NULL)");
    }

    /** {@return the update, logged as a difference} */
    private static LoggedRow updated(String assignments) throws SQLException {
        List<LoggedRow> rows = session.rowsOf("UPDATE p SET " + assignments + " WHERE id = 1");
        assertThat(rows).as(assignments).hasSize(1);
        assertThat(rows.get(0).type()).as(assignments).isEqualTo(RowsEventType.PARTIAL_UPDATE);
        return rows.get(0);
    }

    private static void assertAsServerSays(LoggedRow row, String what) throws SQLException {
        MySqlRow after = Objects.requireNonNull(row.after());
        assertThat(List.of(text(after, J), text(after, K), text(after, 4)))
                .as(what)
                .containsExactly(server("j"), server("k"), server("l"));
        assertThat(after.getString("pad"))
                .isEqualTo(session.query("SELECT pad FROM p").get(0));
    }

    private static String text(MySqlRow row, int column) {
        return String.valueOf(AsServerPrints.value(row, column));
    }

    private static String server(String column) throws SQLException {
        return String.valueOf(session.query("SELECT " + column + " FROM p").get(0));
    }

    // ---- by hand

    @Test
    void shouldApplyDifferencesOfEachKind() throws SQLException {
        insert("'{\"a\": 1, \"b\": [1, 2, 3], \"c\": {\"d\": \"text\"}}'", "'[1, {\"x\": null}]'");
        for (String assignments : List.of(
                "j = JSON_SET(j, '$.a', 'longer than before')",
                "j = JSON_SET(j, '$.new', 1.5, '$.b[1]', 'two', '$.b[7]', 8)",
                "j = JSON_REMOVE(j, '$.b[0]', '$.c.d')",
                "j = JSON_REPLACE(j, '$.c', CAST('[[], {}]' AS JSON))",
                "j = JSON_SET(j, '$.c[0][0]', 5)",
                "k = JSON_SET(k, '$[1].x', 'y'), j = JSON_SET(j, '$.a', 2)",
                "k = JSON_SET(k, '$[1].x', 'z'), j = NULL",
                "k = JSON_REMOVE(k, '$[0]'), pad = 'other', l = '[1]'",
                "k = JSON_SET(k, '$[0].\"a key.with \\\\\\\\ and \\\\\"\"', 1)")) {
            assertAsServerSays(updated(assignments), assignments);
        }
    }

    @Test
    void shouldGiveTheImageBeforeAsItWas() throws SQLException {
        insert("'{\"a\": 1}'", "'[]'");
        LoggedRow row = updated("j = JSON_SET(j, '$.a', 2)");

        assertThat(text(Objects.requireNonNull(row.before()), J)).isEqualTo("{\"a\": 1}");
        assertThat(text(Objects.requireNonNull(row.after()), J)).isEqualTo("{\"a\": 2}");
    }

    @Test
    void shouldReadSeveralRowsOfOneEvent() throws SQLException {
        for (int id = 1; id <= 50; id++) {
            session.run("INSERT INTO p VALUES (%1$d, '{\"a\": %1$d, \"b\": \"%2$s\"}', '[%1$d]', 'p', NULL)"
                    .formatted(id, "x".repeat(id)));
        }
        List<LoggedRow> rows = session.rowsOf("UPDATE p SET j = JSON_SET(j, '$.a', -id),"
                + " k = IF(id % 3 = 0, NULL, JSON_SET(k, '$[0]', 'k')), l = IF(id % 5 = 0, '[]', l)");

        assertThat(rows).hasSize(50);
        List<@Nullable String> expected = session.query("SELECT CONCAT_WS('|', id, j, k, l) FROM p ORDER BY id");
        for (int i = 0; i < 50; i++) {
            MySqlRow after = Objects.requireNonNull(rows.get(i).after());
            List<String> values = new ArrayList<>();
            for (int column : new int[] {0, J, K, 4}) {
                String value = AsServerPrints.value(after, column);
                if (value != null) {
                    values.add(value);
                }
            }
            assertThat(String.join("|", values)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void shouldCountRowsWithoutApplyingAnything() throws SQLException {
        insert("'{\"a\": 1}'", "'[]'");
        LoggedRow row = updated("j = JSON_SET(j, '$.a', 'b')");
        RowLayout layout =
                RowLayout.parse(row.map().bytes(), row.map().offset(), row.map().end(), ServerFamily.MYSQL);

        assertThat(layout.count(
                        RowsEventType.PARTIAL_UPDATE,
                        row.event().bytes(),
                        row.event().offset(),
                        row.event().end()))
                .isEqualTo(1);
    }

    @Test
    void shouldRefuseDifferencesToWhatIsNotLogged() throws SQLException {
        insert("JSON_OBJECT('a', 1, 'pad', REPEAT('x', 200))", "'[]'");
        session.run("SET binlog_row_image = MINIMAL");

        assertThatThrownBy(() -> updated("j = JSON_SET(j, '$.a', 2)"))
                .isInstanceOf(MalformedRowException.class)
                .hasMessageContaining("column j of")
                .hasMessageContaining("binlog_row_image has to be FULL");
    }

    @Test
    void shouldApplyDifferencesInImagesWithoutBlobs() throws SQLException {
        insert("JSON_OBJECT('a', 1, 'pad', REPEAT('x', 200))", "'[]'");
        session.run("SET binlog_row_image = NOBLOB");
        LoggedRow row = updated("j = JSON_SET(j, '$.a', 2)");

        assertThat(text(Objects.requireNonNull(row.after()), J)).isEqualTo(server("j"));
    }

    /** What would be longer as a difference is logged as a whole. */
    @Test
    void shouldReadWholeValuesOfSmallerImages() throws SQLException {
        insert("'{\"a\": 1}'", "'[]'");
        session.run("SET binlog_row_image = MINIMAL");

        assertThat(updated("j = JSON_SET(j, '$.a', 2)").after()).hasToString("{j={\"a\": 2}}");
    }

    // ---- at random

    @Test
    void shouldApplyRandomDifferences() throws SQLException {
        random(Long.getLong("millrace.seed", System.nanoTime()), 400);
    }

    @Test
    @Tag("long")
    void shouldApplyManyRandomDifferences() throws SQLException {
        random(Long.getLong("millrace.seed", System.nanoTime()), 30_000);
    }

    private void random(long seed, int rounds) throws SQLException {
        Random random = new Random(seed);
        int partial = 0;
        for (int round = 0; round < rounds; round++) {
            if (round % 40 == 0) {
                session.run("FLUSH BINARY LOGS");
                createTable();
                insert(RandomJson.expression(random, 4), RandomJson.expression(random, 3));
            }
            String assignments = assignment(random, "j")
                    + (random.nextInt(3) == 0 ? ", " + assignment(random, "k") : "")
                    + (random.nextInt(8) == 0 ? ", l = " + RandomJson.expression(random, 2) : "");
            String what = "seed %d, round %d: %s".formatted(seed, round, assignments);
            for (LoggedRow row : session.rowsOf("UPDATE p SET " + assignments)) {
                partial += row.type() == RowsEventType.PARTIAL_UPDATE ? 1 : 0;
                assertAsServerSays(row, what);
            }
        }
        assertThat(partial).as("updates that were logged as differences").isGreaterThan(rounds / 3);
    }

    private static String assignment(Random random, String column) throws SQLException {
        JsonNode document = parsed(server(column));
        StringBuilder sql = new StringBuilder(column);
        for (int i = random.nextInt(3); i >= 0; i--) {
            String path = RandomJson.quoted(path(random, document));
            boolean removes = random.nextInt(4) == 0 && !path.equals("'$'");
            sql.insert(0, removes ? "JSON_REMOVE(" : random.nextInt(5) == 0 ? "JSON_REPLACE(" : "JSON_SET(");
            sql.append(", ").append(path);
            sql.append(removes ? ")" : ", " + RandomJson.expression(random, 2) + ")");
        }
        return column + " = " + sql;
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    /** {@return a path to somewhere in the document, or to where something may be added} */
    private static String path(Random random, JsonNode document) {
        StringBuilder path = new StringBuilder("$");
        JsonNode at = document;
        while (at.isContainerNode() && random.nextInt(5) > 0) {
            if (at.isArray()) {
                int index = random.nextInt(at.size() + 2);
                path.append('[').append(index).append(']');
                if (index >= at.size()) {
                    break;
                }
                at = at.get(index);
            } else {
                List<String> keys = new ArrayList<>();
                at.fieldNames().forEachRemaining(keys::add);
                if (keys.isEmpty() || random.nextInt(4) == 0) {
                    path.append('.').append(json(RandomJson.key(random)));
                    break;
                }
                String key = keys.get(random.nextInt(keys.size()));
                path.append('.').append(json(key));
                at = at.get(key);
            }
        }
        return path.toString();
    }

    private static String json(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    // ---- damaged

    @Test
    void shouldFailInOneWayOnWhateverBytes() throws SQLException {
        insert("'{\"a\": [1, 2, {\"b\": \"text\"}], \"c\": 1.5}'", "'[1, 2]'");
        LoggedRow row = updated(
                "j = JSON_SET(j, '$.a[2].b', 'other', '$.d', 5, '$.a[0]', JSON_ARRAY(1)), k = JSON_REMOVE(k, '$[0]')");
        BinlogFile.Event event = row.event();
        Random random = new Random(7);
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = event.bytes().clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[event.offset() + random.nextInt(event.end() - event.offset())] = (byte) random.nextInt(256);
            }
            try {
                BinlogFile.rows(List.of(row.map(), new BinlogFile.Event(event.type(), bytes)))
                        .forEach(one -> {
                            AsServerPrints.value(Objects.requireNonNull(one.after()), J);
                            AsServerPrints.value(Objects.requireNonNull(one.after()), K);
                        });
            } catch (MalformedRowException | UnreadableValueException expected) {
                continue;
            } catch (NullPointerException e) {
                // The table's number was hit: there is no map for it.
                assertThat(bytes[event.offset()] == event.bytes()[event.offset()]
                                && RowsEventType.tableNumber(bytes, event.offset())
                                        == RowsEventType.tableNumber(event.bytes(), event.offset()))
                        .isFalse();
            }
        }
    }
}
