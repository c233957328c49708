// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.TableId;
import io.millrace.mysql.MySqlPosition.Place;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one moment of the log. Those of a server with very many are kept as text, and read when one is asked
 * for. Used by one thread.
 */
final class Catalog {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<TableId, String> tables = new HashMap<>();
    private final Map<String, String> charsets = new HashMap<>();
    private String complete = "";
    private @Nullable Place begin;
    private final Map<String, Map<TableId, TableState>> prepared = new LinkedHashMap<>();

    Set<TableId> tables() {
        return tables.keySet();
    }

    TableState table(TableId table) {
        String text = tables.get(table);
        if (text == null) {
            return TableState.NONE;
        }
        try {
            return TableState.parse(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not what was written: " + text, e);
        }
    }

    /** {@return the charset of tables that are created without one; null if it is not known} */
    @Nullable String charset(String database) {
        return charsets.get(database);
    }

    /** {@return charsets by database} */
    Map<String, String> charsets() {
        return charsets;
    }

    /** {@return the text of the filter of whose tables the server has none that is not here; empty if it may} */
    String complete() {
        return complete;
    }

    /** {@return whether it was begun behind that place: what had been before is not known} */
    boolean isBegunBehind(Place place) {
        return begin != null && place.compareTo(begin) < 0;
    }

    /** {@return by transaction that is prepared, what was known then of its tables, if these may have changed since} */
    Map<String, Map<TableId, TableState>> prepared() {
        return prepared;
    }

    /** Takes changes in the form that {@link Changes#toJson} gives them. */
    void apply(JsonNode changes) {
        if (changes.has("complete")) {
            complete = changes.get("complete").asText();
        }
        for (Map.Entry<String, JsonNode> charset : changes.path("charsets").properties()) {
            if (charset.getValue().isNull()) {
                charsets.remove(charset.getKey());
            } else {
                charsets.put(charset.getKey(), charset.getValue().asText());
            }
        }
        for (JsonNode change : changes.path("tables")) {
            TableId table = table(change);
            if (change.path(2).isNull()) {
                tables.remove(table);
            } else {
                tables.put(table, change.path(2).toString());
            }
        }
        if (changes.has("begin")) {
            begin = new Place(
                    changes.get("begin").path(0).asText(),
                    changes.get("begin").path(1).asLong());
        }
        for (Map.Entry<String, JsonNode> transaction : changes.path("prepared").properties()) {
            if (transaction.getValue().isNull()) {
                prepared.remove(transaction.getKey());
            }
            for (JsonNode kept : transaction.getValue()) {
                prepared.computeIfAbsent(transaction.getKey(), of -> new LinkedHashMap<>())
                        .put(table(kept), TableState.parse(kept.path(2)));
            }
        }
    }

    private static TableId table(JsonNode named) {
        return new TableId(named.path(0).asText(), named.path(1).asText());
    }

    /** {@return changes that make an empty catalog this one} */
    ObjectNode toJson() {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("complete", complete);
        ObjectNode databases = json.putObject("charsets");
        charsets.forEach(databases::put);
        ArrayNode all = json.putArray("tables");
        tables.forEach((table, text) -> {
            try {
                all.addArray().add(table.database()).add(table.name()).add(MAPPER.readTree(text));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("not what was written: " + text, e);
            }
        });
        if (begin != null) {
            json.putArray("begin").add(begin.file()).add(begin.offset());
        }
        Changes.putPrepared(prepared, json);
        return json;
    }
}
