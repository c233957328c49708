// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;

/**
 * The events of a {@link ScriptedMongo} and the cursors that stream them. Guarded by the server's lock, which is given
 * up while a cursor waits.
 */
final class ScriptedStream {

    private static final int HISTORY_LOST = 286;
    private static final int INVALID_RESUME_TOKEN = 260;

    private static final long ENCODED_CURSOR = 1;

    /** Ready for a batch that is larger than any event. */
    private static final int DEFAULT_BATCH = 1_000;

    /** The one stage that it knows. */
    private static final BsonDocument WITHOUT_INVALIDATES =
            BsonDocument.parse("{$match: {operationType: {$ne: 'invalidate'}}}");

    /** An open stream: what it has sent so far. */
    private static final class Cursor {
        private final String namespace;
        private final boolean hidesInvalidates;
        private String sent;
        private int batchSize;
        private int encodedSent;

        private Cursor(String namespace, boolean hidesInvalidates, String sent, int batchSize) {
            this.namespace = namespace;
            this.hidesInvalidates = hidesInvalidates;
            this.sent = sent;
            this.batchSize = batchSize;
        }
    }

    private final Condition changed;
    private final BooleanSupplier isInterrupted;
    private final List<BsonDocument> events = new ArrayList<>();
    private final List<RawBsonDocument> encoded = new ArrayList<>();
    private final Map<Long, Cursor> cursors = new HashMap<>();
    private String oldest = "";
    private String highWaterMark = ScriptedMongo.token(1, 1);
    private long lastCursor = 1_000;
    private int maxBatch = DEFAULT_BATCH;

    /** @param isInterrupted whether a cursor is to wait no longer, when the condition is signalled */
    ScriptedStream(Condition changed, BooleanSupplier isInterrupted) {
        this.changed = changed;
        this.isInterrupted = isInterrupted;
    }

    void append(BsonDocument event) {
        events.add(event);
        highWaterMark = data(event);
    }

    void appendEncoded(List<RawBsonDocument> batch) {
        highWaterMark = data(batch.get(batch.size() - 1));
        BsonDocument answer = answer(ENCODED_CURSOR, "nextBatch", batch, highWaterMark, "encoded.encoded");
        encoded.add(MongoReplies.encoded(MongoReplies.ok(answer).append("operationTime", time())));
    }

    void moveOn(String token) {
        highWaterMark = token;
    }

    void forgetBefore(String token) {
        oldest = token;
    }

    void setMaxBatch(int count) {
        maxBatch = count;
    }

    /** {@return the time of the last event, or to which the stream was moved on} */
    BsonTimestamp time() {
        return new BsonTimestamp(Long.parseUnsignedLong(highWaterMark, 2, 18, 16));
    }

    // ---- answers

    BsonDocument open(BsonDocument command) throws InterruptedException {
        BsonDocument stage = command.getArray("pipeline").get(0).asDocument().getDocument("$changeStream");
        String after = startOf(stage);
        if (stage.containsKey("resumeAfter") && isOfInvalidate(after)) {
            return MongoReplies.error(INVALID_RESUME_TOKEN, "InvalidResumeToken", List.of());
        }
        if (after.compareTo(oldest) < 0) {
            return MongoReplies.error(
                    HISTORY_LOST, "ChangeStreamHistoryLost", List.of("NonResumableChangeStreamError"));
        }
        int batchSize = command.getDocument("cursor", new BsonDocument())
                .getNumber("batchSize", new BsonInt32(DEFAULT_BATCH))
                .intValue();
        long id = encoded.isEmpty() ? ++lastCursor : ENCODED_CURSOR;
        boolean hidesInvalidates = command.getArray("pipeline").contains(WITHOUT_INVALIDATES);
        Cursor cursor = new Cursor(namespace(command), hidesInvalidates, after, batchSize);
        cursors.put(id, cursor);
        return batch(id, cursor, "firstBatch", 0);
    }

    private boolean isOfInvalidate(String token) {
        return events.stream()
                .anyMatch(event -> isInvalidate(event) && data(event).equals(token));
    }

    private String startOf(BsonDocument stage) {
        for (String option : List.of("startAfter", "resumeAfter")) {
            if (stage.containsKey(option)) {
                return stage.getDocument(option).getString("_data").getValue();
            }
        }
        if (stage.containsKey("startAtOperationTime")) {
            BsonTimestamp time = stage.getTimestamp("startAtOperationTime");
            return ScriptedMongo.token(time.getTime(), time.getInc());
        }
        return highWaterMark;
    }

    private static String namespace(BsonDocument command) {
        String collection =
                command.isString("aggregate") ? command.getString("aggregate").getValue() : "$cmd.aggregate";
        return command.getString("$db").getValue() + "." + collection;
    }

    BsonDocument more(BsonDocument command) throws InterruptedException {
        long id = command.getInt64("getMore").getValue();
        Cursor cursor = cursors.get(id);
        if (cursor == null) {
            return MongoReplies.cursorNotFound();
        }
        if (cursor.encodedSent < encoded.size()) {
            return encoded.get(cursor.encodedSent++);
        }
        cursor.batchSize =
                command.getNumber("batchSize", new BsonInt32(DEFAULT_BATCH)).intValue();
        long maxTime = command.getNumber("maxTimeMS", new BsonInt32(1_000)).longValue();
        return batch(id, cursor, "nextBatch", maxTime);
    }

    void kill(long id) {
        cursors.remove(id);
    }

    int openCursors() {
        return cursors.size();
    }

    private BsonDocument batch(long id, Cursor cursor, String name, long maxMillis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(maxMillis);
        List<BsonDocument> found = after(cursor);
        while (found.isEmpty() && left > 0 && !isInterrupted.getAsBoolean() && cursors.containsKey(id)) {
            left = changed.awaitNanos(left);
            found = after(cursor);
        }
        if (name.equals("nextBatch") && isInterrupted.getAsBoolean()) {
            // The answer is another, and the events come with the next.
            return new BsonDocument();
        }
        boolean ended = false;
        if (!found.isEmpty()) {
            BsonDocument last = found.get(found.size() - 1);
            cursor.sent = data(last);
            ended = isInvalidate(last);
        }
        if (ended) {
            cursors.remove(id);
            if (cursor.hidesInvalidates) {
                found.remove(found.size() - 1);
            }
        }
        boolean isLast = after(cursor).isEmpty()
                && cursor.encodedSent == encoded.size()
                && cursor.sent.compareTo(highWaterMark) < 0;
        String token = isLast && !ended ? highWaterMark : cursor.sent;
        return MongoReplies.ok(answer(ended ? 0 : id, name, found, token, cursor.namespace));
    }

    private static BsonDocument answer(
            long id, String name, List<? extends BsonDocument> batch, String token, String namespace) {
        BsonDocument cursor = new BsonDocument(name, new BsonArray(batch))
                .append("postBatchResumeToken", new BsonDocument("_data", new BsonString(token)))
                .append("id", new BsonInt64(id))
                .append("ns", new BsonString(namespace));
        return new BsonDocument("cursor", cursor);
    }

    /** {@return the next batch, which ends with an invalidate} */
    private List<BsonDocument> after(Cursor cursor) {
        List<BsonDocument> found = new ArrayList<>();
        for (BsonDocument event : events) {
            if (data(event).compareTo(cursor.sent) > 0
                    && found.size() < Math.min(maxBatch, Math.max(cursor.batchSize, 1))) {
                found.add(event);
                if (isInvalidate(event)) {
                    break;
                }
            }
        }
        return found;
    }

    private static boolean isInvalidate(BsonDocument event) {
        return event.getString("operationType", new BsonString("")).getValue().equals("invalidate");
    }

    private static String data(BsonDocument event) {
        return event.getDocument("_id").getString("_data").getValue();
    }
}
