// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import io.millrace.core.Record;
import io.millrace.core.TableId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One line of a filter.
 *
 * @param number of the line, from 1
 * @param kinds the events that it is about; all of them unless it names some
 * @param columns the columns that it is about; empty if it is about tables
 * @param decidesOthers whether it says the contrary of all other columns
 */
record Rule(
        int number,
        boolean include,
        NamePattern database,
        NamePattern table,
        Set<Record.Kind> kinds,
        List<NamePattern> columns,
        boolean decidesOthers) {

    boolean isOfTables() {
        return columns.isEmpty();
    }

    boolean matches(TableId id) {
        return database.matches(id.database()) && table.matches(id.name());
    }

    boolean names(String column) {
        return columns.stream().anyMatch(pattern -> pattern.matches(column));
    }

    boolean isOfAllKinds() {
        return kinds.size() == Record.Kind.values().length;
    }

    @Override
    public String toString() {
        String verb = include ? "include " : "exclude ";
        String tables = database + "." + table;
        if (!isOfTables()) {
            String names = columns.stream().map(NamePattern::toString).collect(Collectors.joining(", "));
            return verb + (decidesOthers ? "only " : "") + "columns " + names + " of " + tables;
        }
        return isOfAllKinds()
                ? verb + tables
                : verb + kinds.stream().map(Record.Kind::name).collect(Collectors.joining(", ")) + " of " + tables;
    }
}
