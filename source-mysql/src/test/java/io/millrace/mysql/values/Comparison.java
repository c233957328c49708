// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import io.millrace.mysql.values.RandomTable.TableColumn;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Compares captured rows, column by column, with what the server said of them. */
final class Comparison {

    private final Tally tally;
    private final UnaryOperator<RowImage> reading;

    /**
     * One table's records, and the server's answers by id and column.
     *
     * @param partial whether images of updates and deletes may lack columns
     */
    record Written(
            RandomTable table, List<Record> records, Map<Integer, List<@Nullable String>> answers, boolean partial) {

        Written insertsOnly() {
            return new Written(
                    table,
                    records.stream()
                            .filter(record -> record.kind() == Record.Kind.INSERT)
                            .toList(),
                    answers,
                    false);
        }
    }

    /** @param reading what stands between the captured rows and the comparison: nothing, or a planted bug */
    Comparison(Tally tally, UnaryOperator<RowImage> reading) {
        this.tally = tally;
        this.reading = reading;
    }

    void compare(Written written) throws IOException {
        for (Record record : written.records()) {
            RowImage key = record.before() != null ? record.before() : record.row();
            int id = Math.toIntExact(Objects.requireNonNull(key.getLong("id")));
            for (RowImage image : new RowImage[] {record.before(), record.after()}) {
                if (image != null) {
                    boolean partial = written.partial() && record.kind() != Record.Kind.INSERT;
                    compare(written, id, reading.apply(image), partial);
                }
            }
        }
    }

    private void compare(Written written, int id, RowImage row, boolean partial) throws IOException {
        List<@Nullable String> answers =
                Objects.requireNonNull(written.answers().get(id));
        List<TableColumn> columns = written.table().columns();
        if (row.schema().size() != columns.size() + 2) {
            throw new AssertionError(row.schema() + " is not " + written.table().create());
        }
        Map<String, String> json = json(row);
        for (int i = 0; i < columns.size(); i++) {
            TableColumn column = columns.get(i);
            if (partial && !row.has(column.name()) && json.get(column.name()) == null) {
                continue;
            }
            String answer = answers.get(i);
            String expected = answer == null ? null : ServerForm.ofServer(column.under(), answer);
            if (expected != null) {
                tally.value(column.under(), expected);
            }
            check(written, column, id, Result.JAVA, expected, java(row, column));
            check(written, column, id, Result.JSON, expected, json(column, json.get(column.name()), expected));
        }
    }

    private void check(
            Written written,
            TableColumn column,
            int id,
            Result result,
            @Nullable String expected,
            @Nullable String actual) {
        tally.compared(column.under(), result);
        if (!Objects.equals(expected, actual)) {
            tally.difference(
                    column.under(),
                    result,
                    "%s.%s %s, row %d, %s: the server says %s, the record %s"
                            .formatted(
                                    written.table().name(),
                                    column.name(),
                                    shortened(column.definition()),
                                    id,
                                    result,
                                    shortened(expected),
                                    shortened(actual)));
        }
    }

    private static String shortened(@Nullable String text) {
        return text == null || text.length() <= 200 ? String.valueOf(text) : text.substring(0, 200) + "...";
    }

    private static @Nullable String java(RowImage row, TableColumn column) {
        try {
            Object value = row.get(column.name());
            return value == null ? null : ServerForm.ofJava(column.under(), value);
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    /** {@return the fields of the whole row; of each column by itself, if the row cannot be written} */
    private static Map<String, String> json(RowImage row) throws IOException {
        JsonRow json = new JsonRow(row.schema());
        JsonBuffer out = new JsonBuffer();
        try {
            json.write(row, out);
            return JsonFields.of(out.toString());
        } catch (RuntimeException e) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (int i = 0; i < row.schema().size(); i++) {
                out.clear();
                try {
                    json.write(row, new int[] {i}, out);
                    fields.putAll(JsonFields.of(out.toString()));
                } catch (RuntimeException ofColumn) {
                    fields.put(row.schema().column(i).name(), ofColumn.toString());
                }
            }
            return fields;
        }
    }

    /** SQL null and JSON's null look the same there. */
    private static @Nullable String json(TableColumn column, @Nullable String raw, @Nullable String expected) {
        if (raw == null) {
            return "no field";
        }
        try {
            boolean isNull =
                    raw.equals("null") && (expected == null || column.under().mapping() != Mapping.JSON);
            return isNull ? null : ServerForm.ofJson(column.under(), raw);
        } catch (IOException | RuntimeException e) {
            return raw + " " + e;
        }
    }
}
