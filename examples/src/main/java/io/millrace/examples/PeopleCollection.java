// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The collection that {@link MongoToKafka} captures: on the user's servers, or on a scripted one. */
interface PeopleCollection extends AutoCloseable {

    String NAME = "people";

    /** @param mongo connection string; null for a scripted server */
    static PeopleCollection of(@Nullable String mongo) throws IOException {
        return mongo == null ? ScriptedPeople.start() : new RealPeople(mongo);
    }

    String uri();

    String database();

    /** {@return whether the server is a fake} */
    boolean isScripted();

    /** Inserts, updates and deletes a document; {@return how many changes that makes} */
    int change();

    @Override
    void close();
}
