// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.Objects;

/**
 * The name of a table or collection, as the source spells it. Immutable.
 *
 * @param database database, schema or keyspace; empty where the source has none
 * @param name table or collection
 */
public record TableId(String database, String name) {

    public TableId {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(name, "name");
    }

    /** {@return {@code database.name}, for people and messages; it is not quoted} */
    @Override
    public String toString() {
        return database.isEmpty() ? name : database + "." + name;
    }
}
