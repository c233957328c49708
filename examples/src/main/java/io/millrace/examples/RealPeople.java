// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import java.util.Objects;
import org.bson.Document;

/** A collection of the user's own servers, in the database that the connection string names, or in {@code test}. */
final class RealPeople implements PeopleCollection {

    private final String uri;
    private final String database;
    private final MongoClient client;

    RealPeople(String uri) {
        this.uri = uri;
        this.database = Objects.requireNonNullElse(new ConnectionString(uri).getDatabase(), "test");
        this.client = MongoClients.create(uri);
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public String database() {
        return database;
    }

    @Override
    public boolean isScripted() {
        return false;
    }

    @Override
    public int change() {
        MongoCollection<Document> people = client.getDatabase(database).getCollection(NAME);
        Document alek = new Document("name", "Alek").append("age", 39);
        people.insertOne(alek);
        people.updateOne(Filters.eq(alek.get("_id")), Updates.set("age", 30));
        people.deleteOne(Filters.eq(alek.get("_id")));
        return 3;
    }

    @Override
    public void close() {
        client.close();
    }
}
