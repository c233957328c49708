// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a table: its definition, or why there is none, or that nothing was ever known, or it is gone.
 *
 * @param definition null if it is not known
 * @param why the definition is not known; null if it is, or the table is not there
 */
record TableState(
        @Nullable TableDefinition definition, @Nullable String why) {

    static final TableState NONE = new TableState(null, null);

    static TableState of(TableDefinition definition) {
        return new TableState(definition, null);
    }

    static TableState unknown(String why) {
        return new TableState(null, why);
    }

    boolean isNone() {
        return definition == null && why == null;
    }

    JsonNode toJson() {
        return definition != null
                ? definition.toJson()
                : why != null ? TextNode.valueOf(why) : JsonNodeFactory.instance.nullNode();
    }

    static TableState parse(JsonNode json) {
        return json.isNull() ? NONE : json.isTextual() ? unknown(json.asText()) : of(TableDefinition.parse(json));
    }
}
