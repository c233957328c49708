// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import java.util.List;

/** What the expectations change in a database of their own: that of a real server, or a scripted one. */
interface Deployment extends AutoCloseable {

    String uri();

    /** {@return the name of the database} */
    String database();

    void insert(String collection, int id, String name);

    /** @param keys values of {@code _id}, as extended JSON */
    void insertAll(String collection, List<String> keys);

    /** Makes a collection by whose collation the case of letters does not matter. */
    void createIgnoringCase(String collection);

    /** Makes a view that shows all documents of a collection. */
    void createView(String view, String collection);

    void setName(String collection, int id, String name);

    void replace(String collection, int id, String name);

    void delete(String collection, int id);

    /** Makes these changes in one transaction. */
    void transaction(Runnable changes);

    void drop(String collection);

    void dropDatabase();

    void rename(String collection, String newName);

    /** Changes something that is not watched, so that time moves on. */
    void changeElsewhere();

    @Override
    void close();
}
