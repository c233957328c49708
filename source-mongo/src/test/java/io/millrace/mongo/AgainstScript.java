// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.ScriptedMongo;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;

/** A scripted deployment for each test, which does what no real one can be told to do. */
abstract class AgainstScript {

    static final String PEOPLE = "people";

    final ScriptedDeployment db = new ScriptedDeployment(false);
    final ScriptedMongo server = db.server();
    final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();

    @AfterEach
    void stop() {
        db.close();
    }

    MongoOptions.Builder options() {
        return Captured.source(db.uri(), checkpoints).watch(WatchScope.database("test"));
    }

    Captured start(MongoOptions options) throws InterruptedException {
        return Captured.start(options).streaming();
    }

    void insert(int from, int to) {
        IntStream.range(from, to).forEach(id -> db.insert(PEOPLE, id, "n" + id));
    }

    static List<String> keys(int from, int to) {
        return IntStream.range(from, to).mapToObj(id -> "{\"_id\":" + id + "}").toList();
    }

    static BsonDocument changeStream(BsonDocument aggregate) {
        return aggregate.getArray("pipeline").get(0).asDocument().getDocument("$changeStream");
    }
}
