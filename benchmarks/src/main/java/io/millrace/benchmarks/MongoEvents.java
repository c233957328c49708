// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.testkit.ScriptedMongo;
import java.util.Random;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Events of inserts, in the shape of the manual: documents with the fields that rows of the workload {@code bulk} have. */
final class MongoEvents {

    static final String DATABASE = "bench";
    static final String COLLECTION = "documents";

    private static final int BEGIN = 1_733_114_951;
    private static final int PER_SECOND = 1_000;

    /** What real tokens have behind the time, as far as it is not the key. */
    private static final String REST_OF_TOKEN = "2B022C0100296E5A1004EED3A947B256417181A8398FEE8F22CD46645F69640064";

    private final Random random = new Random(42);
    private final BsonDocument namespace =
            new BsonDocument("db", new BsonString(DATABASE)).append("coll", new BsonString(COLLECTION));

    /** {@return the event of the next document; ids count from 0} */
    RawBsonDocument event(long id) {
        int seconds = BEGIN + (int) (id / PER_SECOND);
        int increment = 1 + (int) (id % PER_SECOND);
        ObjectId key = new ObjectId("%08x%016x".formatted(seconds, id));
        BsonDocument document = new BsonDocument("_id", new BsonObjectId(key))
                .append("id", new BsonInt64(id))
                .append("customer", new BsonInt32(random.nextInt(1_000_000)))
                .append("status", new BsonInt32(random.nextInt(10)))
                .append(
                        "amount",
                        new BsonDecimal128(Decimal128.parse("%d.%02d".formatted(random.nextInt(100_000), 25))))
                .append("name", text(20))
                .append("note", text(120))
                .append("created", new BsonDateTime(seconds * 1_000L + random.nextInt(1_000)));
        String token = ScriptedMongo.token(seconds, increment) + REST_OF_TOKEN + key.toHexString() + "0004";
        BsonDocument event = new BsonDocument("_id", new BsonDocument("_data", new BsonString(token)))
                .append("operationType", new BsonString("insert"))
                .append("clusterTime", new BsonTimestamp(seconds, increment))
                .append("wallTime", new BsonDateTime(seconds * 1_000L + increment))
                .append("fullDocument", document)
                .append("ns", namespace)
                .append("documentKey", new BsonDocument("_id", new BsonObjectId(key)));
        return new RawBsonDocument(event, new BsonDocumentCodec());
    }

    private BsonString text(int length) {
        StringBuilder text = new StringBuilder();
        Workload.text(text, length, random);
        return new BsonString(text.toString());
    }
}
