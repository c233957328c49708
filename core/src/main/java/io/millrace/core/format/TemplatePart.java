// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a {@link Template}: text as it is, or a placeholder. */
sealed interface TemplatePart {

    record Literal(String text) implements TemplatePart {}

    /**
     * @param written the placeholder as it was written, its fallback left out
     * @param path the pointer's tokens behind the field's; for {@code RECORD} and {@code BEFORE} the
     *     column's name first
     * @param fallback the text to use where there is none, null for an error instead
     */
    record Placeholder(
            String written,
            Field field,
            List<String> path,
            @Nullable String fallback) implements TemplatePart {}

    /** For how long the value of a field stays the same. */
    enum Scope {
        TABLE,
        PIPELINE,
        CHANGE
    }

    /** The fields of the native JSON form, and Maxwell's {@code type}. */
    enum Field {
        EVENT_TIMESTAMP("event_timestamp", Scope.CHANGE),
        EVENT_TYPE("event_type", Scope.CHANGE),
        /** {@link #EVENT_TYPE} in lower case. */
        TYPE("type", Scope.CHANGE),
        GLOBAL_ID("global_id", Scope.CHANGE),
        POSITION("position", Scope.CHANGE),
        PRIMARY_KEY("primary_key", Scope.TABLE),
        RECORD("record", Scope.CHANGE),
        BEFORE("before", Scope.CHANGE),
        SCHEMA_NAME("schema_name", Scope.TABLE),
        SERVICE("service", Scope.PIPELINE),
        SOURCE("source", Scope.CHANGE),
        TABLE_NAME("table_name", Scope.TABLE),
        TRANSACTION_ID("transaction_id", Scope.CHANGE),
        COMMIT_TIMESTAMP_US("commit_timestamp_us", Scope.CHANGE),
        ORDINAL("ordinal", Scope.CHANGE),
        /** Of rows only. */
        SUB_ORDINAL("sub_ordinal", Scope.CHANGE),
        /** Of statements only. */
        KIND("kind", Scope.CHANGE),
        /** Of statements only. */
        SQL("sql", Scope.CHANGE),
        /** Of statements only. */
        TABLES("tables", Scope.CHANGE);

        final String jsonName;
        final Scope scope;

        Field(String jsonName, Scope scope) {
            this.jsonName = jsonName;
            this.scope = scope;
        }

        /** {@return whether the field is an object or array, of which a template has to name a part} */
        boolean isNested() {
            return this == RECORD || this == BEFORE || this == TABLES;
        }
    }
}
