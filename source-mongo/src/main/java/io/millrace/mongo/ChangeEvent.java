// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.TableId;
import io.millrace.core.UnreadableEventException;
import io.millrace.mongo.internal.bson.BsonBytes;
import io.millrace.mongo.internal.bson.BsonElements;
import io.millrace.mongo.internal.bson.BsonType;
import io.millrace.mongo.internal.bson.MalformedBsonException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event of a change stream, or what stands for one where a document is loaded: its bytes, and where in them each
 * field stands. What is in the fields is read when it is asked for. Immutable.
 */
final class ChangeEvent {

    private static final byte[] DATA = "_data".getBytes(UTF_8);
    private static final byte[] DB = "db".getBytes(UTF_8);
    private static final byte[] COLL = "coll".getBytes(UTF_8);
    private static final byte[] SESSION = "id".getBytes(UTF_8);
    /** Tells transactions that the server made by itself within one session, as for a new shard key of a document. */
    private static final byte[] SERVERS_OWN = "txnUUID".getBytes(UTF_8);

    private final byte[] bytes;
    /** Types of the fields that the manual lists, then of others. */
    private final byte[] types;
    /** Where their values begin; 0 for those that are not there. */
    private final int[] places;
    /** Names of the others: what a user's pipeline has added, or a later server. */
    private final List<String> others;

    private final String token;
    private final Operation operation;

    /**
     * @param bytes one document and nothing else; it must not be written to any more
     * @param after the token before it, for messages as long as its own is not known
     * @throws UnreadableEventException if it is no document, or lacks what every event has
     */
    ChangeEvent(byte[] bytes, String after) {
        this(bytes, after, false);
    }

    private ChangeEvent(byte[] bytes, String after, boolean isLoaded) {
        this.bytes = bytes;
        byte[] foundTypes = new byte[EventField.count()];
        int[] found = new int[EventField.count()];
        Set<String> otherNames = new LinkedHashSet<>();
        try {
            BsonElements elements = new BsonElements(bytes, 0, bytes.length);
            while (elements.next()) {
                int field = fieldOf(elements);
                if (field < 0) {
                    field = EventField.count() + otherNames.size();
                    if (!otherNames.add(elements.name())) {
                        throw new UnreadableEventException(
                                "an event has two fields named " + elements.name(), placeAfter(after), null);
                    }
                    if (field == found.length) {
                        foundTypes = Arrays.copyOf(foundTypes, 2 * field);
                        found = Arrays.copyOf(found, 2 * field);
                    }
                }
                foundTypes[field] = (byte) elements.type();
                found[field] = elements.value();
            }
            this.types = foundTypes;
            this.places = found;
            this.others = List.copyOf(otherNames);
            this.token = isLoaded ? "" : readToken(after);
        } catch (MalformedBsonException e) {
            throw new UnreadableEventException("an event cannot be read: " + e.getMessage(), placeAfter(after), e);
        }
        if (isLoaded) {
            this.operation = Operation.READ;
            return;
        }
        require(EventField.OPERATION_TYPE, BsonType.STRING, "text");
        require(EventField.CLUSTER_TIME, BsonType.TIMESTAMP, "a timestamp");
        this.operation = Operation.of(operationType());
        if (operation.record() != null) {
            require(EventField.DOCUMENT_KEY, BsonType.DOCUMENT, "a document");
            require(EventField.NS, BsonType.DOCUMENT, "a document");
            if (!within(EventField.DOCUMENT_KEY).find(EventField.ID.fieldName())) {
                throw unreadable("an event's documentKey has no _id; a pipeline must leave it as it is");
            }
        }
    }

    /** {@return what {@link LoadedDocuments} has made of a document, which has neither token nor time} */
    static ChangeEvent loaded(byte[] bytes) {
        return new ChangeEvent(bytes, "", true);
    }

    /** {@return the field's number, or -1 if it is none of the manual's} */
    private static int fieldOf(BsonElements element) {
        for (int i = 0; i < EventField.count(); i++) {
            if (element.isNamed(EventField.of(i).fieldName())) {
                return i;
            }
        }
        return -1;
    }

    private String readToken(String after) {
        if (has(EventField.ID) && type(EventField.ID.ordinal()) == BsonType.DOCUMENT) {
            BsonElements elements = within(EventField.ID);
            String text = elements.find(DATA) && elements.type() == BsonType.STRING ? elements.text() : "";
            if (text.startsWith(ResumeToken.BEGIN)) {
                return text;
            }
        }
        throw new UnreadableEventException(
                "an event has no resume token of the form that MongoDB writes since 4.2; a pipeline must leave _id as it is",
                placeAfter(after),
                null);
    }

    static String placeAfter(String token) {
        return "the event after resume token " + token;
    }

    private void require(EventField field, int type, String what) {
        if (!has(field) || type(field.ordinal()) != type) {
            throw unreadable("an event's %s is %s, not %s; a pipeline must leave it as it is"
                    .formatted(field.field(), has(field) ? "of another type" : "missing", what));
        }
    }

    private UnreadableEventException unreadable(String problem) {
        return new UnreadableEventException(problem, "resume token " + token, null);
    }

    // ---- the fields, as they stand

    byte[] bytes() {
        return bytes;
    }

    boolean has(EventField field) {
        return places[field.ordinal()] != 0;
    }

    /** {@return names of the fields that the manual does not list, in their order} */
    List<String> others() {
        return others;
    }

    /** @param index number of an {@link EventField}, or of one of the others, counted on from these */
    int type(int index) {
        return types[index] & 0xff;
    }

    /** {@return where the value begins; 0 if the field is not there} */
    int place(int index) {
        return places[index];
    }

    /** {@return the elements of a field that is a document} */
    BsonElements within(EventField field) {
        return new BsonElements(bytes, places[field.ordinal()], bytes.length);
    }

    // ---- what they say

    /** {@return the resume token's text, by which tokens of one stream are ordered} */
    String token() {
        return token;
    }

    /** {@return the whole resume token, the caller's own copy} */
    byte[] tokenDocument() {
        return document(EventField.ID);
    }

    /** {@return the key of the event's document, the caller's own copy} */
    byte[] documentKey() {
        return document(EventField.DOCUMENT_KEY);
    }

    private byte[] document(EventField field) {
        int at = places[field.ordinal()];
        return Arrays.copyOfRange(bytes, at, BsonBytes.endOfDocument(bytes, at, bytes.length) + 1);
    }

    Operation operation() {
        return operation;
    }

    String operationType() {
        int at = places[EventField.OPERATION_TYPE.ordinal()];
        return new String(bytes, at + Integer.BYTES, BsonBytes.textLength(bytes, at, bytes.length), UTF_8);
    }

    /** {@return 32 bits of seconds since the epoch, above 32 bits of a number within the second} */
    long clusterTime() {
        return BsonBytes.int64(bytes, places[EventField.CLUSTER_TIME.ordinal()], bytes.length);
    }

    /** {@return milliseconds since the epoch of the change on the server's clock; 0 if it does not tell} */
    long wallTimeMillis() {
        int at = places[EventField.WALL_TIME.ordinal()];
        boolean isDate = at != 0 && type(EventField.WALL_TIME.ordinal()) == BsonType.DATE;
        return isDate ? BsonBytes.int64(bytes, at, bytes.length) : 0;
    }

    /** {@return the collection; its name is empty if the event is of a database, both are if it is of neither} */
    TableId table() {
        return has(EventField.NS) ? table(EventField.NS) : new TableId("", "");
    }

    /** {@return what a collection is named from here on; null if it keeps its name} */
    @Nullable TableId renamedTo() {
        return has(EventField.TO) ? table(EventField.TO) : null;
    }

    private TableId table(EventField field) {
        BsonElements names = within(field);
        String database = "";
        String collection = "";
        while (names.next()) {
            if (names.isNamed(DB)) {
                database = names.text();
            } else if (names.isNamed(COLL)) {
                collection = names.text();
            }
        }
        if (operation.record() != null && (database.isEmpty() || collection.isEmpty())) {
            throw unreadable("an event's ns does not name its collection; a pipeline must leave it as it is");
        }
        return new TableId(database, collection);
    }

    /** {@return whether the event is of the same collection, found by comparing bytes} */
    boolean isOfTableOf(ChangeEvent other) {
        int mine = places[EventField.NS.ordinal()];
        int its = other.places[EventField.NS.ordinal()];
        if (mine == 0 || its == 0) {
            return mine == its;
        }
        int end = BsonBytes.endOfDocument(bytes, mine, bytes.length);
        int itsEnd = BsonBytes.endOfDocument(other.bytes, its, other.bytes.length);
        return Arrays.equals(bytes, mine, end, other.bytes, its, itsEnd);
    }

    /**
     * {@return the session's UUID, that of the transaction if the server made it by itself, and its number; null if the
     * change was in none}
     */
    @Nullable String transactionId() {
        if (!has(EventField.LSID) || !has(EventField.TXN_NUMBER)) {
            return null;
        }
        BsonElements session = within(EventField.LSID);
        if (!session.find(SESSION)) {
            throw unreadable("an event's lsid holds no UUID");
        }
        UUID id = uuid(session);
        String serversOwn = session.find(SERVERS_OWN) ? ":" + uuid(session) : "";
        return id + serversOwn + ":" + integer(EventField.TXN_NUMBER);
    }

    private UUID uuid(BsonElements element) {
        int at = element.value() + Integer.BYTES + 1;
        if (element.type() != BsonType.BINARY || element.end() - at != 2 * Long.BYTES) {
            throw unreadable("an event's lsid holds no UUID");
        }
        long high = Long.reverseBytes(BsonBytes.int64(bytes, at, element.end()));
        long low = Long.reverseBytes(BsonBytes.int64(bytes, at + Long.BYTES, element.end()));
        return new UUID(high, low);
    }

    private long integer(EventField field) {
        int at = places[field.ordinal()];
        return switch (type(field.ordinal())) {
            case BsonType.INT32 -> BsonBytes.int32(bytes, at, bytes.length);
            case BsonType.INT64 -> BsonBytes.int64(bytes, at, bytes.length);
            default -> throw unreadable("an event's " + field.field() + " is no integer");
        };
    }

    @Override
    public String toString() {
        return operationType() + (token.isEmpty() ? " of " + table() : " at resume token " + token);
    }
}
