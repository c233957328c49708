// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.testkit.ScriptedMongo;
import java.io.IOException;

/** A fake, for those who have no MongoDB at hand: a scripted server that streams three events as MongoDB 5.0 does. */
final class ScriptedPeople implements PeopleCollection {

    private static final int SECONDS = 1_733_114_951;

    private static final String EVENT = """
            {"_id": {"_data": "%s2B022C0100296E5A1004EED3A947B256417181A8398FEE8F22CD46645F696400645C46B2"},
             "operationType": "%s", "clusterTime": {"$timestamp": {"t": %d, "i": 1}},
             "ns": {"db": "test", "coll": "people"}, "documentKey": {"_id": {"$oid": "674d3c4778be6ac4a6210f24"}}%s}""";

    private static final String DOCUMENT = """
            , "fullDocument": {"_id": {"$oid": "674d3c4778be6ac4a6210f24"}, "name": "Alek", "age": %d}""";

    private static final String UPDATE = """
            , "updateDescription": {"updatedFields": {"age": 30}, "removedFields": [], "truncatedArrays": []}""";

    private final ScriptedMongo server;

    private ScriptedPeople(ScriptedMongo server) {
        this.server = server;
    }

    static ScriptedPeople start() throws IOException {
        System.out.println("Starting a scripted server in the place of MongoDB; --mongo takes a real one");
        ScriptedMongo server = ScriptedMongo.start();
        server.moveOn(ScriptedMongo.token(SECONDS, 1));
        return new ScriptedPeople(server);
    }

    @Override
    public String uri() {
        return server.uri();
    }

    @Override
    public String database() {
        return "test";
    }

    @Override
    public boolean isScripted() {
        return true;
    }

    @Override
    public int change() {
        server.append(
                event(1, "insert", DOCUMENT.formatted(39)),
                event(2, "update", DOCUMENT.formatted(30) + UPDATE),
                event(3, "delete", ""));
        return 3;
    }

    private static String event(int second, String operation, String rest) {
        int time = SECONDS + second;
        return EVENT.formatted(ScriptedMongo.token(time, 1), operation, time, rest);
    }

    @Override
    public void close() {
        server.close();
    }
}
