// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/** Replies of MongoDB that do not depend on what is streamed. */
final class MongoReplies {

    /** MongoDB 5.0; some of those before know it, too. */
    private static final int WIRE_VERSION_OF_HELLO = 13;

    private MongoReplies() {}

    /** {@return whether servers of that version need not be asked by {@code isMaster}} */
    static boolean isHelloKnown(int maxWireVersion) {
        return maxWireVersion >= WIRE_VERSION_OF_HELLO;
    }

    /** @param member address of the one member of the replica set; null for a server that is in none */
    static BsonDocument hello(int maxWireVersion, @Nullable String member) {
        BsonDocument hello = new BsonDocument("helloOk", BsonBoolean.valueOf(isHelloKnown(maxWireVersion)))
                .append("ismaster", BsonBoolean.TRUE)
                .append("isWritablePrimary", BsonBoolean.TRUE)
                .append("maxBsonObjectSize", new BsonInt32(16 << 20))
                .append("maxMessageSizeBytes", new BsonInt32(48_000_000))
                .append("maxWriteBatchSize", new BsonInt32(100_000))
                .append("localTime", new BsonDateTime(System.currentTimeMillis()))
                .append("logicalSessionTimeoutMinutes", new BsonInt32(30))
                .append("minWireVersion", new BsonInt32(0))
                .append("maxWireVersion", new BsonInt32(maxWireVersion))
                .append("readOnly", BsonBoolean.FALSE);
        if (member != null) {
            BsonString address = new BsonString(member);
            hello.append("setName", new BsonString("scripted"))
                    .append("setVersion", new BsonInt32(1))
                    .append("electionId", new BsonObjectId(new ObjectId("7fffffff0000000000000001")))
                    .append("secondary", BsonBoolean.FALSE)
                    .append("hosts", new BsonArray(List.of(address)))
                    .append("primary", address)
                    .append("me", address)
                    .append("lastWrite", new BsonDocument("lastWriteDate", new BsonDateTime(0)));
        }
        return hello;
    }

    /** {@return what a router of a sharded cluster says} */
    static BsonDocument router(int maxWireVersion) {
        return hello(maxWireVersion, null).append("msg", new BsonString("isdbgrid"));
    }

    static BsonDocument ok(BsonDocument body) {
        return body.append("ok", new BsonDouble(1));
    }

    /** {@return the same, encoded once} */
    static RawBsonDocument encoded(BsonDocument body) {
        return body instanceof RawBsonDocument raw ? raw : new RawBsonDocument(body, new BsonDocumentCodec());
    }

    static BsonDocument cursorNotFound() {
        return error(43, "CursorNotFound", List.of());
    }

    static BsonDocument commandNotFound() {
        return error(59, "CommandNotFound", List.of());
    }

    static BsonDocument error(int code, String name, List<String> labels) {
        BsonDocument body = new BsonDocument("ok", new BsonDouble(0))
                .append("errmsg", new BsonString("scripted: " + name))
                .append("code", new BsonInt32(code))
                .append("codeName", new BsonString(name));
        if (!labels.isEmpty()) {
            BsonArray texts = new BsonArray(labels.stream().map(BsonString::new).toList());
            body.append("errorLabels", texts);
        }
        return body;
    }
}
