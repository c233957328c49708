// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One column type and the question whether its values leave the binlog as the server itself sees
 * them. Each case makes a table, inserts the literals and a null, and compares with what one SQL
 * expression says of the stored rows.
 */
final class ColumnCase {

    private final Session session;
    private final String type;
    private String oracle = "CAST(c AS CHAR)";
    private UnaryOperator<String> reading = UnaryOperator.identity();

    ColumnCase(Session session, String type) {
        this.session = session;
        this.type = type;
    }

    /** Asks the server by an expression of the column {@code c}. */
    ColumnCase askedBy(String expression) {
        oracle = expression;
        return this;
    }

    /** Compares numbers, not texts; within JSON the server prints all digits of a double. */
    ColumnCase asDouble() {
        reading = text -> Double.toString(Double.parseDouble(text));
        return askedBy("CAST(CAST(c * 1e0 AS JSON) AS CHAR)");
    }

    /** @param literals SQL expressions */
    void holds(String... literals) throws SQLException {
        holds(List.of(literals));
    }

    void holds(List<String> literals) throws SQLException {
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (id INT PRIMARY KEY, c " + type + ", last INT NOT NULL)");
        StringBuilder insert = new StringBuilder("INSERT INTO t VALUES (0, NULL, 7)");
        for (int i = 0; i < literals.size(); i++) {
            insert.append(", (")
                    .append(i + 1)
                    .append(", ")
                    .append(literals.get(i))
                    .append(", 7)");
        }

        List<LoggedRow> rows = session.rowsOf(insert.toString());

        List<@Nullable String> expected = new ArrayList<>();
        for (String value : session.query("SELECT " + oracle + " FROM t ORDER BY id")) {
            expected.add(value == null ? null : reading.apply(value));
        }
        List<@Nullable String> actual = new ArrayList<>();
        for (LoggedRow row : rows) {
            actual.add(AsServerPrints.value(row.image(), 1));
            assertThat(row.image().getLong("last")).isEqualTo(7);
        }
        assertThat(actual).as(type).containsExactlyElementsOf(expected);
        // The data dictionary has no characters beyond the BMP.
        assertThat(rows.get(0).image().schema().column(1).nativeType().replace("🦆", "?"))
                .as("native type")
                .isEqualTo(session.query("SELECT COLUMN_TYPE FROM information_schema.COLUMNS"
                                + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'c'")
                        .get(0));
        checkOtherWaysIn(rows);
    }

    /** The whole row through a format, and the value as an object, must not fail where one column did not. */
    private static void checkOtherWaysIn(List<LoggedRow> rows) {
        JsonRow json = new JsonRow(rows.get(0).image().schema());
        JsonBuffer out = new JsonBuffer();
        for (LoggedRow row : rows) {
            out.clear();
            json.write(row.image(), out);
            assertThat(out.toString()).startsWith("{\"id\":").endsWith(",\"last\":7}");
            assertThat(row.image().asMap()).hasSize(3);
        }
    }
}
