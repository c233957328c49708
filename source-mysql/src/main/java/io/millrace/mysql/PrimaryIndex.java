// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The index by which the server tells rows from each other, and of which the log tells: without a primary key, the
 * first unique one without nulls.
 *
 * @param columns none if there is no such index
 * @param isAscending whether it has the whole values of all columns, and the lowest first
 */
record PrimaryIndex(String name, List<String> columns, boolean isAscending) {

    /** @param rows as SHOW INDEX has them: table, non-unique, index, number, column, order, ..., prefix [7], ..., null [9] */
    static PrimaryIndex of(List<@Nullable String[]> rows) {
        Map<String, PrimaryIndex> indexes = new LinkedHashMap<>();
        Set<String> others = new HashSet<>();
        for (@Nullable String[] row : rows) {
            String name = Objects.requireNonNull(row[2]);
            String column = row[4];
            boolean isPrimary = name.equals("PRIMARY");
            boolean isPrefix = row[7] != null;
            if (column == null || !"0".equals(row[1]) || "YES".equals(row[9]) || (isPrefix && !isPrimary)) {
                others.add(name);
            } else {
                boolean isAscending = !isPrefix && "A".equals(row[5]);
                indexes.merge(name, new PrimaryIndex(name, List.of(column), isAscending), PrimaryIndex::and);
            }
        }
        indexes.keySet().removeAll(others);
        return indexes.isEmpty()
                ? new PrimaryIndex("", List.of(), false)
                : indexes.values().iterator().next();
    }

    private PrimaryIndex and(PrimaryIndex next) {
        List<String> both = new ArrayList<>(columns);
        both.addAll(next.columns);
        return new PrimaryIndex(name, both, isAscending && next.isAscending);
    }
}
