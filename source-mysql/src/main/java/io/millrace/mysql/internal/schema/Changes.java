// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlPosition.Place;
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
    /** By transaction; null is for one that is at its end. */
    private final Map<String, @Nullable Map<TableId, TableState>> prepared = new LinkedHashMap<>();

    private @Nullable Place begin;
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

    /** It begins here with what can be proven. */
    void begin(Place at) {
        begin = at;
    }

    /** The rows of a transaction that is prepared are of tables that looked so, whatever becomes of these. */
    void keep(String transaction, TableId table, TableState state) {
        Map<TableId, TableState> kept = prepared.get(transaction);
        if (kept == null) {
            kept = new LinkedHashMap<>();
            prepared.put(transaction, kept);
        }
        kept.put(table, state);
    }

    /** A transaction that was prepared is at its end. */
    void release(String transaction) {
        prepared.put(transaction, null);
    }

    boolean isEmpty() {
        return tables.isEmpty()
                && charsets.isEmpty()
                && prepared.isEmpty()
                && begin == null
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
        putAll(tables, all);
        if (begin != null) {
            json.putArray("begin").add(begin.file()).add(begin.offset());
        }
        putPrepared(prepared, json);
        return json;
    }

    static void putPrepared(Map<String, ? extends @Nullable Map<TableId, TableState>> prepared, ObjectNode json) {
        if (prepared.isEmpty()) {
            return;
        }
        ObjectNode transactions = json.putObject("prepared");
        prepared.forEach((transaction, kept) -> {
            if (kept == null) {
                transactions.putNull(transaction);
            } else {
                putAll(kept, transactions.putArray(transaction));
            }
        });
    }

    private static void putAll(Map<TableId, TableState> states, ArrayNode into) {
        states.forEach((table, state) ->
                into.addArray().add(table.database()).add(table.name()).add(state.toJson()));
    }
}
