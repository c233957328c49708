// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.testkit.ScriptedMongo;
import java.util.ArrayList;
import java.util.List;
import org.bson.RawBsonDocument;

/**
 * The JVM of a scripted server, which is a fake: it has encoded all that it answers before it says its address, so that
 * it is no slower than the wire. It ends with its standard input.
 */
public final class MongoEventsMain {

    /** Events of an answer; a server that has more to say than 16 MB says that much. */
    private static final int BATCH = 10_000;

    private MongoEventsMain() {}

    /** @param args how many events */
    public static void main(String[] args) throws Exception {
        long count = Long.parseLong(args[0]);
        MongoEvents events = new MongoEvents();
        try (ScriptedMongo server = ScriptedMongo.start()) {
            for (long id = 0; id < count; ) {
                List<RawBsonDocument> batch = new ArrayList<>();
                while (id < count && batch.size() < BATCH) {
                    batch.add(events.event(id++));
                }
                server.appendEncoded(batch);
            }
            System.out.println(server.uri());
            System.out.flush();
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        }
    }
}
