// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.mysql.internal.row.DeclaredColumn;
import io.millrace.mysql.internal.row.DeclaredTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a table. Immutable.
 *
 * @param charset of columns that are added without one; null if it is not known
 */
record TableDefinition(@Nullable String charset, DeclaredTable table) {

    /** {@return the definition with its key's columns not null, as a key demands, and named as the columns are} */
    static TableDefinition of(@Nullable String charset, List<DeclaredColumn> columns, List<String> primaryKey) {
        List<DeclaredColumn> checked = new ArrayList<>(columns);
        List<String> key = new ArrayList<>();
        for (String name : primaryKey) {
            int index = indexOf(name, columns);
            if (index < 0) {
                throw new NotUnderstoodException("a primary key of column " + name + ", which is not there");
            }
            DeclaredColumn column = columns.get(index);
            checked.set(index, new DeclaredColumn(column.name(), column.type(), false, column.charset()));
            key.add(column.name());
        }
        return new TableDefinition(charset, new DeclaredTable(checked, key));
    }

    /** {@return this, if rows can be read with it that a server logs which the dialect is of} */
    TableDefinition checked(Dialect dialect) {
        for (DeclaredColumn column : table.columns()) {
            // The log of later servers tells it.
            if (dialect.version() < 80_000 && column.type().isText() && column.charset() == null) {
                throw new NotUnderstoodException("the character set of column " + column.name() + " is not known");
            }
        }
        return this;
    }

    /** {@return the index of the column, whatever its letters' case, -1 if there is none} */
    static int indexOf(String name, List<DeclaredColumn> columns) {
        for (int i = 0; i < columns.size(); i++) {
            if (Names.areSame(columns.get(i).name(), name)) {
                return i;
            }
        }
        return -1;
    }

    /** {@return as {@code {"charset":"utf8mb4","columns":[["id","int",false],...],"key":["id"]}}} */
    JsonNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("charset", charset);
        ArrayNode columns = json.putArray("columns");
        for (DeclaredColumn column : table.columns()) {
            ArrayNode one = columns.addArray();
            one.add(column.name()).add(column.type().toString()).add(column.nullable());
            if (column.charset() != null) {
                one.add(column.charset());
            }
        }
        ArrayNode key = json.putArray("key");
        table.primaryKey().forEach(key::add);
        return json;
    }

    static TableDefinition parse(JsonNode json) {
        List<DeclaredColumn> columns = new ArrayList<>();
        for (JsonNode column : json.path("columns")) {
            columns.add(new DeclaredColumn(
                    column.path(0).asText(),
                    ColumnClause.type(column.path(1).asText()),
                    column.path(2).isNull() ? null : column.path(2).asBoolean(),
                    column.has(3) ? column.path(3).asText() : null));
        }
        List<String> key = new ArrayList<>();
        json.path("key").forEach(name -> key.add(name.asText()));
        String charset = json.path("charset").isTextual() ? json.path("charset").asText() : null;
        return new TableDefinition(charset, new DeclaredTable(columns, key));
    }
}
