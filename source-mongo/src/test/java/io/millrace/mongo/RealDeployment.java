// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoNamespace;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Collation;
import com.mongodb.client.model.CollationStrength;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import java.util.List;
import java.util.UUID;
import org.bson.Document;

/** A database of a real replica set or sharded cluster, dropped at the end. */
final class RealDeployment implements Deployment {

    private final String uri;
    private final MongoClient client;
    private final MongoDatabase database;
    private ClientSession session;

    RealDeployment(String uri) {
        this.uri = uri;
        this.client = MongoClients.create(uri);
        this.database =
                client.getDatabase("millrace_" + UUID.randomUUID().toString().substring(0, 8));
        this.session = client.startSession();
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public String database() {
        return database.getName();
    }

    boolean isSharded() {
        return Preflight.isSharded(client);
    }

    private MongoCollection<Document> collection(String name) {
        return database.getCollection(name);
    }

    @Override
    public void insert(String collection, int id, String name) {
        collection(collection).insertOne(session, new Document("_id", id).append("name", name));
    }

    @Override
    public void insertAll(String collection, List<String> keys) {
        List<Document> documents = keys.stream()
                .map(key -> Document.parse("{\"_id\": " + key + "}").append("name", "one of many"))
                .toList();
        collection(collection).insertMany(session, documents);
    }

    @Override
    public void createIgnoringCase(String collection) {
        Collation collation = Collation.builder()
                .locale("en")
                .collationStrength(CollationStrength.SECONDARY)
                .build();
        database.createCollection(collection, new CreateCollectionOptions().collation(collation));
    }

    @Override
    public void createView(String view, String collection) {
        database.createView(view, collection, List.of());
    }

    @Override
    public void setName(String collection, int id, String name) {
        collection(collection).updateOne(session, Filters.eq(id), Updates.set("name", name));
    }

    @Override
    public void replace(String collection, int id, String name) {
        collection(collection).replaceOne(session, Filters.eq(id), new Document("name", name));
    }

    @Override
    public void delete(String collection, int id) {
        collection(collection).deleteOne(session, Filters.eq(id));
    }

    @Override
    public void transaction(Runnable changes) {
        session.withTransaction(() -> {
            changes.run();
            return true;
        });
    }

    @Override
    public void drop(String collection) {
        collection(collection).drop();
    }

    @Override
    public void dropDatabase() {
        database.drop();
    }

    @Override
    public void rename(String collection, String newName) {
        collection(collection).renameCollection(new MongoNamespace(database(), newName));
    }

    @Override
    public void changeElsewhere() {
        client.getDatabase(database() + "_else").getCollection("x").insertOne(new Document());
    }

    @Override
    public void close() {
        database.drop();
        client.getDatabase(database() + "_else").drop();
        session.close();
        client.close();
    }
}
