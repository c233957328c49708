// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fields that the manual lists for change events. All but {@link #SPLIT_EVENT} are the first columns of every
 * row, in this order.
 */
enum EventField {
    ID("_id"),
    CLUSTER_TIME("clusterTime"),
    COLLECTION_UUID("collectionUUID"),
    DOCUMENT_KEY("documentKey"),
    FULL_DOCUMENT("fullDocument"),
    FULL_DOCUMENT_BEFORE_CHANGE("fullDocumentBeforeChange"),
    LSID("lsid"),
    NS("ns"),
    NS_TYPE("nsType"),
    OPERATION_DESCRIPTION("operationDescription"),
    OPERATION_TYPE("operationType"),
    STATE_BEFORE_CHANGE("stateBeforeChange"),
    TO("to"),
    TXN_NUMBER("txnNumber"),
    UPDATE_DESCRIPTION("updateDescription"),
    WALL_TIME("wallTime"),
    /** Says which part of a large event this is; not there any more once the parts have been put together. */
    SPLIT_EVENT("splitEvent");

    /** How many of them are columns. */
    static final int COLUMNS = SPLIT_EVENT.ordinal();

    private static final EventField[] ALL = values();

    private final String field;
    private final byte[] name;

    EventField(String field) {
        this.field = field;
        this.name = field.getBytes(UTF_8);
    }

    String field() {
        return field;
    }

    byte[] fieldName() {
        return name;
    }

    static int count() {
        return ALL.length;
    }

    static EventField of(int column) {
        return ALL[column];
    }

    /** {@return the columns of events; those that are no JSON have a Java type of their own} */
    static List<Column> columns(JsonForm form) {
        List<Column> columns = new ArrayList<>();
        for (EventField field : Arrays.asList(ALL).subList(0, COLUMNS)) {
            columns.add(Column.of(field.field, field.type(form)));
        }
        return columns;
    }

    private ColumnType type(JsonForm form) {
        return switch (this) {
            case OPERATION_TYPE -> ColumnType.STRING;
            case CLUSTER_TIME -> form == JsonForm.PLAIN ? ColumnType.LONG : ColumnType.JSON;
            default -> ColumnType.JSON;
        };
    }
}
