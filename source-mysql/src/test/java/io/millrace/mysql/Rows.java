// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.testkit.MySqlServer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Tables as a target that keeps the latest row of each key holds them, and as the server does; for tests of loads. */
final class Rows {

    private Rows() {}

    /** {@return the rows of all tables by table and key} */
    static Map<String, String> mirror(List<Record> records) {
        Map<String, String> rows = new TreeMap<>();
        for (Record record : records) {
            RowImage before = record.before();
            RowImage after = record.after();
            if (before != null) {
                rows.remove(key(before));
            }
            if (after != null) {
                rows.put(key(after), text(after));
            }
        }
        return rows;
    }

    /** {@return the same, as the server has them} */
    static Map<String, String> table(MySqlServer server, String database, String name, String... columns)
            throws Exception {
        Map<String, String> rows = new TreeMap<>();
        List<String> key = server
                .query("SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE INDEX_NAME = 'PRIMARY'"
                        + " AND TABLE_SCHEMA = '" + database + "' AND TABLE_NAME = '" + name
                        + "' ORDER BY SEQ_IN_INDEX")
                .stream()
                .map(row -> row.get(0))
                .toList();
        String all = String.join(
                ",",
                List.of(columns).stream()
                        .map(column -> column.equals("bytes") ? "HEX(bytes)" : column)
                        .toList());
        for (List<String> row : server.query("SELECT " + all + " FROM " + database + "." + name)) {
            Map<String, String> values = IntStream.range(0, columns.length)
                    .boxed()
                    .collect(Collectors.toMap(i -> columns[i], i -> String.valueOf(row.get(i))));
            rows.put(
                    name + key.stream().map(values::get).toList(),
                    List.of(columns).stream().map(values::get).toList().toString());
        }
        return rows;
    }

    private static String key(RowImage row) {
        return row.schema().table().name()
                + IntStream.of(row.schema().primaryKeyIndexes())
                        .mapToObj(column -> text(row.get(column)))
                        .toList();
    }

    private static String text(RowImage row) {
        return IntStream.range(0, row.schema().size())
                .mapToObj(column -> text(row.get(column)))
                .toList()
                .toString();
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? HexFormat.of().withUpperCase().formatHex(bytes) : String.valueOf(value);
    }
}
