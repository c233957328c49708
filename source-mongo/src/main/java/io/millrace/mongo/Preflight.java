// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import io.millrace.core.Finding;
import io.millrace.core.Findings;
import java.io.IOException;
import org.bson.BsonDocument;
import org.bson.BsonInt32;

/** Looks at a server before the first event, for all that keeps it from being captured. */
final class Preflight {

    /** MongoDB 6.0. */
    private static final int WIRE_VERSION_OF_IMAGES = 17;

    /** Opens the stream and closes it again. */
    interface Trial {
        void run() throws IOException;
    }

    private final MongoOptions options;
    private final MongoClient client;
    private final Trial trial;

    Preflight(MongoOptions options, MongoClient client, Trial trial) {
        this.options = options;
        this.client = client;
        this.trial = trial;
    }

    void check(Findings findings) throws IOException {
        try {
            checkServer(hello(client), findings);
            if (findings.all().isEmpty()) {
                trial.run();
            }
        } catch (MongoException e) {
            if (StreamFailures.isPassing(e)) {
                throw new IOException(e.getMessage(), e);
            }
            findings.add(refusal(e));
        }
    }

    private Finding refusal(MongoException e) {
        if (e instanceof MongoSecurityException) {
            return new Finding("uri", options.toString(), "must name a user whom the server knows", message(e));
        }
        if (e instanceof MongoIncompatibleDriverException) {
            return new Finding("uri", "a server of another age", "must be one that the driver knows", message(e));
        }
        return e.getCode() == StreamFailures.UNAUTHORIZED
                ? new Finding(
                        "uri",
                        "a user without the right to watch " + options.watch(),
                        "must name a user who may",
                        "grant find and changeStream on it, or on all databases for the deployment; the role read has both")
                : new Finding(
                        "pipelineStages",
                        options.pipelineStages().size() + " stages",
                        "must be taken by the server",
                        message(e));
    }

    /** By its old name: the new one is known from 4.2.10 and 4.4.2 on. */
    private static BsonDocument hello(MongoClient client) {
        return client.getDatabase("admin")
                .runCommand(new BsonDocument("isMaster", new BsonInt32(1)), BsonDocument.class);
    }

    /** {@return whether the server is the router of a sharded cluster} */
    static boolean isSharded(MongoClient client) {
        return isRouter(hello(client));
    }

    private static boolean isRouter(BsonDocument hello) {
        return hello.containsKey("msg");
    }

    private void checkServer(BsonDocument hello, Findings findings) {
        findings.require(
                isRouter(hello) || hello.containsKey("setName"),
                "uri",
                "a server by itself",
                "must be of a replica set or a sharded cluster");
        if (hello.getNumber("maxWireVersion", new BsonInt32(0)).intValue() < WIRE_VERSION_OF_IMAGES) {
            checkOldServer(findings);
        }
    }

    private void checkOldServer(Findings findings) {
        String found = "a server before 6.0";
        boolean images = options.fullDocument() == FullDocument.WHEN_AVAILABLE
                || options.fullDocument() == FullDocument.REQUIRED;
        boolean before = options.beforeImage() == FullDocumentBeforeChange.WHEN_AVAILABLE
                || options.beforeImage() == FullDocumentBeforeChange.REQUIRED;
        findings.require(!images, "fullDocument", found, "must be DEFAULT or UPDATE_LOOKUP there");
        findings.require(!before, "beforeImage", found, "must be OFF there");
        findings.require(!options.expandedEvents(), "expandedEvents", found, "must be false there");
        findings.require(!options.splitLargeEvents(), "splitLargeEvents", found, "must be false there");
    }

    private static String message(MongoException e) {
        return String.valueOf(e.getMessage());
    }
}
