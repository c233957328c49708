// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import java.util.Objects;

/**
 * What a stream watches. Immutable.
 *
 * @param database empty for all databases but admin, local and config
 * @param collection empty for all collections of the database
 */
public record WatchScope(String database, String collection) {

    /** @throws IllegalArgumentException if a collection is named without its database */
    public WatchScope {
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(collection, "collection");
        if (database.isEmpty() && !collection.isEmpty()) {
            throw new IllegalArgumentException("collection " + collection + " is of no database");
        }
    }

    /** {@return everything that the replica set or the sharded cluster holds} */
    public static WatchScope deployment() {
        return new WatchScope("", "");
    }

    public static WatchScope database(String database) {
        return new WatchScope(database, "");
    }

    public static WatchScope collection(String database, String collection) {
        return new WatchScope(database, collection);
    }

    /** {@return {@code database.collection}, {@code database} or {@code deployment}} */
    @Override
    public String toString() {
        if (database.isEmpty()) {
            return "deployment";
        }
        return collection.isEmpty() ? database : database + "." + collection;
    }
}
