// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.testkit.ScriptedMongo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A fake: appends the events that the manual says a server of version 7.0 would stream for each change. */
final class ScriptedDeployment implements Deployment {

    private static final String SESSION = """
            "lsid": {"id": {"$uuid": "2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e"},
                     "uid": {"$binary": {"base64": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "subType": "00"}}},
            "txnNumber": {"$numberLong": "%d"},""";

    private final ScriptedMongo server;
    private int seconds = 1_733_114_951;
    private int within;
    private int transactions;
    private boolean inTransaction;
    /** Changes of a transaction, which can be seen once it is committed. */
    private final List<String> uncommitted = new ArrayList<>();

    /** Whether the stream is of the collection, and so ends when it is gone. */
    private final boolean watchesCollection;

    ScriptedDeployment(boolean watchesCollection) {
        this.watchesCollection = watchesCollection;
        try {
            server = ScriptedMongo.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.moveOn(ScriptedMongo.token(seconds, 1));
    }

    ScriptedMongo server() {
        return server;
    }

    @Override
    public String uri() {
        return server.uri();
    }

    @Override
    public String database() {
        return "test";
    }

    /** {@return the token of the last event} */
    String lastToken() {
        return token();
    }

    @Override
    public void insert(String collection, int id, String name) {
        server.put(full(collection), document(id, name));
        append(collection, "insert", key(id) + ", \"fullDocument\": " + document(id, name));
    }

    @Override
    public void insertAll(String collection, List<String> keys) {
        for (String key : keys) {
            String document = "{\"_id\": " + key + ", \"name\": \"one of many\"}";
            server.put(full(collection), document);
            append(collection, "insert", "\"documentKey\": {\"_id\": " + key + "}, \"fullDocument\": " + document);
        }
    }

    @Override
    public void createIgnoringCase(String collection) {
        server.ignoreCase(full(collection));
    }

    @Override
    public void createView(String view, String collection) {
        server.setType(full(view), "view");
    }

    @Override
    public void setName(String collection, int id, String name) {
        server.put(full(collection), document(id, name));
        append(
                collection,
                "update",
                key(id) + ", \"updateDescription\": {\"updatedFields\": {\"name\": \"" + name
                        + "\"}, \"removedFields\": [], \"truncatedArrays\": []}");
    }

    @Override
    public void replace(String collection, int id, String name) {
        server.put(full(collection), document(id, name));
        append(collection, "replace", key(id) + ", \"fullDocument\": " + document(id, name));
    }

    @Override
    public void delete(String collection, int id) {
        server.remove(full(collection), String.valueOf(id));
        append(collection, "delete", key(id));
    }

    @Override
    public void transaction(Runnable changes) {
        inTransaction = true;
        transactions++;
        seconds++;
        within = 0;
        changes.run();
        inTransaction = false;
        showPart();
    }

    /** Lets the changes of the open transaction be seen that there are so far: a shard is late with the others. */
    void showPart() {
        server.append(uncommitted.toArray(String[]::new));
        uncommitted.clear();
    }

    /** What follows of the open transaction is the part of another shard, which commits it later. */
    void nextShard() {
        showPart();
        seconds++;
        within = 0;
    }

    @Override
    public void drop(String collection) {
        server.drop(full(collection));
        append(collection, "drop", "\"nsType\": \"collection\"");
        invalidateIfWatched();
    }

    /** Of a database whose one collection is people. */
    @Override
    public void dropDatabase() {
        server.drop(full("people"));
        append("people", "drop", "\"nsType\": \"collection\"");
        step();
        server.append("{" + head("dropDatabase") + ", \"ns\": {\"db\": \"" + database() + "\"}}");
        invalidate();
    }

    @Override
    public void rename(String collection, String newName) {
        append(collection, "rename", "\"to\": " + namespace(newName));
        invalidateIfWatched();
    }

    private void invalidateIfWatched() {
        if (watchesCollection) {
            invalidate();
        }
    }

    void invalidate() {
        step();
        server.append("{" + head("invalidate") + "}");
    }

    @Override
    public void changeElsewhere() {
        step();
        server.moveOn(token());
    }

    void append(String collection, String operation, String rest) {
        step();
        String event = "{" + head(operation) + ", \"ns\": " + namespace(collection) + ", " + rest + "}";
        if (inTransaction) {
            uncommitted.add(event);
        } else {
            server.append(event);
        }
    }

    /** A piece of a split event that has neither its operation nor its collection. */
    void appendPiece(String fields) {
        within++;
        server.append("{\"_id\": {\"_data\": \"" + token() + "\"}, " + fields + "}");
    }

    private void step() {
        if (inTransaction) {
            within++;
        } else {
            seconds++;
            within = 0;
        }
    }

    private String head(String operation) {
        return """
                "_id": {"_data": "%s"}, "operationType": "%s", %s
                "clusterTime": {"$timestamp": {"t": %d, "i": 1}},
                "wallTime": {"$date": {"$numberLong": "%d120"}}""".formatted(
                        token(), operation, inTransaction ? SESSION.formatted(transactions) : "", seconds, seconds);
    }

    private String token() {
        return ScriptedMongo.token(seconds, 1) + "2B02%04X".formatted(within);
    }

    private String full(String collection) {
        return database() + "." + collection;
    }

    private String namespace(String collection) {
        return "{\"db\": \"" + database() + "\", \"coll\": \"" + collection + "\"}";
    }

    private static String key(int id) {
        return "\"documentKey\": {\"_id\": " + id + "}";
    }

    private static String document(int id, String name) {
        return "{\"_id\": " + id + ", \"name\": \"" + name + "\"}";
    }

    @Override
    public void close() {
        server.close();
    }
}
