// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a statement changes of a catalog. Reads through to the catalog, which it leaves alone. */
final class Changes {

    private final Catalog catalog;
    private final TableFilter filter;
    private final Map<TableId, TableState> tables = new LinkedHashMap<>();
    private final Map<String, @Nullable String> charsets = new LinkedHashMap<>();
    private boolean completes;
    private boolean leavesGaps;

    Changes(Catalog catalog, TableFilter filter) {
        this.catalog = catalog;
        this.filter = filter;
    }

    TableState get(TableId table) {
        TableState changed = tables.get(table);
        return changed == null ? catalog.table(table) : changed;
    }

    /** {@return whether it is certain that there is no such table} */
    boolean isAbsent(TableId table) {
        return get(table).isNone() && isComplete() && filter.includes(table);
    }

    boolean isComplete() {
        return catalog.complete().equals(filter.toString()) && !leavesGaps;
    }

    @Nullable String charset(String database) {
        return charsets.containsKey(database) ? charsets.get(database) : catalog.charset(database);
    }

    List<TableId> tablesOf(String database) {
        return tables().filter(table -> table.database().equals(database)).toList();
    }

    Stream<TableId> tables() {
        return Stream.concat(catalog.tables().stream(), tables.keySet().stream())
                .distinct();
    }

    /** Of tables that are not captured, those are kept that may be renamed to captured ones. */
    void put(TableId table, TableState state) {
        boolean isKept = filter.includesAnyOf(table.database());
        TableState kept = isKept ? state : TableState.NONE;
        if (!kept.isNone() || !get(table).isNone()) {
            tables.put(table, kept);
        }
    }

    /** {@return databases whose charset is known} */
    List<String> databases() {
        return List.copyOf(catalog.charsets().keySet());
    }

    void putCharset(String database, @Nullable String charset) {
        charsets.put(database, charset);
    }

    /** From now on a table that is not known need not be absent. */
    void leaveGaps() {
        leavesGaps = true;
    }

    /** All tables of the filter are known. */
    void complete() {
        completes = true;
    }

    boolean isEmpty() {
        return tables.isEmpty()
                && charsets.isEmpty()
                && !completes
                && !(leavesGaps && !catalog.complete().isEmpty());
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (completes || leavesGaps) {
            json.put("complete", leavesGaps ? "" : filter.toString());
        }
        if (!charsets.isEmpty()) {
            ObjectNode databases = json.putObject("charsets");
            charsets.forEach(databases::put);
        }
        ArrayNode all = json.putArray("tables");
        tables.forEach((table, state) ->
                all.addArray().add(table.database()).add(table.name()).add(state.toJson()));
        return json;
    }
}
