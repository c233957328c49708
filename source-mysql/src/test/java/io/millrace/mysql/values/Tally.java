// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Counts what was compared, and keeps what differed. */
final class Tally {

    /** Of one type; all of them would fill the screen. */
    private static final int KEPT = 8;

    private final Map<ValueType, Lines> lines = new EnumMap<>(ValueType.class);
    private final List<String> differences = new ArrayList<>();

    /** What is known of one type; hashes of 64 bits stand for the values. */
    private static final class Lines {

        final Set<Long> values = new HashSet<>();
        final Set<String> charsets = new TreeSet<>();
        final long[] compared = new long[Result.values().length];
        final long[] different = new long[Result.values().length];
    }

    private Lines lines(ValueType type) {
        return lines.computeIfAbsent(type, key -> new Lines());
    }

    void value(ColumnUnderTest column, String answer) {
        Lines of = lines(column.type());
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < answer.length(); i++) {
            hash = (hash ^ answer.charAt(i)) * 0x100000001b3L;
        }
        of.values.add(hash);
        if (!column.charset().isEmpty()) {
            of.charsets.add(column.charset());
        }
    }

    void compared(ColumnUnderTest column, Result result) {
        lines(column.type()).compared[result.ordinal()]++;
    }

    void difference(ColumnUnderTest column, Result result, String description) {
        Lines of = lines(column.type());
        of.different[result.ordinal()]++;
        if (of.different[result.ordinal()] <= KEPT) {
            differences.add(description);
        }
    }

    List<String> differences() {
        return differences;
    }

    Set<ValueType> differing() {
        Set<ValueType> types = new TreeSet<>();
        lines.forEach((type, of) -> {
            if (of.different[0] + of.different[1] > 0) {
                types.add(type);
            }
        });
        return types;
    }

    int distinct(ValueType type) {
        return lines(type).values.size();
    }

    Set<String> charsets(ValueType type) {
        return lines(type).charsets;
    }

    long differences(ValueType type) {
        long count = 0;
        for (long of : lines(type).different) {
            count += of;
        }
        return count;
    }

    /** {@return the table of the documentation} */
    List<String> table() {
        List<String> table = new ArrayList<>();
        table.add("| type | result | values compared | distinct values | charsets | differences |");
        table.add("|---|---|---:|---:|---:|---:|");
        lines.forEach((type, of) -> {
            for (Result result : Result.values()) {
                table.add("| %s | %s | %d | %d | %s | %d |"
                        .formatted(
                                type.sql(),
                                result.title(),
                                of.compared[result.ordinal()],
                                of.values.size(),
                                of.charsets.isEmpty() ? "" : of.charsets.size(),
                                of.different[result.ordinal()]));
            }
        });
        return table;
    }
}
