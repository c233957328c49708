// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.mongodb.client.ChangeStreamIterable;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.RawBsonDocument;

/** The driver's own loop over a change stream, of which only each document's id is looked at. */
final class WatchContestant implements Contestant {

    private final boolean isRaw;
    private final byte[] id = new byte[Long.BYTES];

    /** @param isRaw whether events are left as bytes; otherwise the driver makes its objects of them */
    WatchContestant(boolean isRaw) {
        this.isRaw = isRaw;
    }

    @Override
    public void drain(Job job, Tally tally) {
        try (MongoClient client = MongoClients.create(job.brokers())) {
            ChangeStreamIterable<Document> stream = client.getDatabase(MongoEvents.DATABASE)
                    .getCollection(MongoEvents.COLLECTION)
                    .watch()
                    .startAtOperationTime(new BsonTimestamp(0));
            if (isRaw) {
                drainBytes(stream, tally);
            } else {
                drainDocuments(stream, tally);
            }
        }
    }

    private void drainBytes(ChangeStreamIterable<Document> stream, Tally tally) {
        try (MongoCursor<RawBsonDocument> cursor =
                stream.withDocumentClass(RawBsonDocument.class).cursor()) {
            while (!tally.isComplete()) {
                RawBsonDocument event = cursor.next();
                take(event.getDocument("fullDocument").getInt64("id").getValue(), tally);
            }
        }
    }

    private void drainDocuments(ChangeStreamIterable<Document> stream, Tally tally) {
        try (MongoCursor<ChangeStreamDocument<Document>> cursor = stream.cursor()) {
            while (!tally.isComplete()) {
                Document document = Objects.requireNonNull(cursor.next().getFullDocument());
                take(document.getLong("id"), tally);
            }
        }
    }

    private void take(long found, Tally tally) {
        ByteBuffer.wrap(id).putLong(found);
        tally.row(found, 0, id, 0, id.length);
    }
}
