// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonMaxKey;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The documents of a {@link ScriptedMongo}: it lists databases and collections, and finds a collection's documents by
 * {@code _id}, in batches: all, from a {@code min} on, which leaves out the last of all keys, or that one; no other
 * query. Guarded by the server's lock.
 */
final class ScriptedCollections {

    private static final int FIRST_CURSOR = 1_000_000;

    /** The order of types in an index, as far as tests use them. */
    private static final List<BsonType> TYPES = List.of(
            BsonType.MIN_KEY,
            BsonType.NULL,
            BsonType.DOUBLE,
            BsonType.STRING,
            BsonType.DOCUMENT,
            BsonType.BINARY,
            BsonType.OBJECT_ID,
            BsonType.BOOLEAN,
            BsonType.DATE_TIME,
            BsonType.TIMESTAMP,
            BsonType.MAX_KEY);

    private static final Comparator<BsonValue> INDEX_ORDER = ScriptedCollections::compare;
    private static final Comparator<BsonValue> IGNORING_CASE =
            (one, other) -> one instanceof BsonString text && other instanceof BsonString otherText
                    ? text.getValue().compareToIgnoreCase(otherText.getValue())
                    : compare(one, other);

    private static final BsonDocument LAST_KEY = new BsonDocument("_id", new BsonMaxKey());

    private static final int MIN_NOT_BEFORE_MAX = 51_175;

    private static final class Cursor {
        private final String namespace;
        /** Whether the last of all keys is left out: a range that has a bound below has this one above. */
        private final boolean isBounded;
        /** The key behind which it goes on; null for the begin. */
        private @Nullable BsonValue sent;

        private boolean includesSent;

        private Cursor(String namespace, @Nullable BsonValue from, boolean isBounded) {
            this.namespace = namespace;
            this.isBounded = isBounded;
            this.sent = from;
            this.includesSent = true;
        }
    }

    private final Map<String, TreeMap<BsonValue, BsonDocument>> collections = new TreeMap<>();
    private final Map<String, String> types = new HashMap<>();
    private final Map<Long, Cursor> cursors = new HashMap<>();
    private long lastCursor = FIRST_CURSOR;

    void put(String namespace, BsonDocument document) {
        collections
                .computeIfAbsent(namespace, name -> new TreeMap<>(INDEX_ORDER))
                .put(document.get("_id"), document);
    }

    /** @param key the document, or as much of it as has the {@code _id} */
    void remove(String namespace, BsonDocument key) {
        Objects.requireNonNull(collections.get(namespace), namespace).remove(key.get("_id"));
    }

    /** Cursors on it are closed. */
    void drop(String namespace) {
        collections.remove(namespace);
        cursors.values().removeIf(cursor -> cursor.namespace.equals(namespace));
    }

    void ignoreCase(String namespace) {
        collections.put(namespace, new TreeMap<>(IGNORING_CASE));
    }

    /** Passes for something that is no collection of documents. */
    void setType(String namespace, String type) {
        collections.computeIfAbsent(namespace, name -> new TreeMap<>(INDEX_ORDER));
        types.put(namespace, type);
    }

    // ---- answers

    BsonDocument listDatabases() {
        BsonArray databases = new BsonArray();
        collections.keySet().stream()
                .map(namespace -> namespace.substring(0, namespace.indexOf('.')))
                .distinct()
                .forEach(name -> databases.add(new BsonDocument("name", new BsonString(name))));
        return new BsonDocument("databases", databases);
    }

    BsonDocument listCollections(BsonDocument command) {
        String database = command.getString("$db").getValue() + ".";
        BsonValue wanted = command.getDocument("filter", new BsonDocument()).get("name");
        BsonArray found = new BsonArray();
        for (String namespace : collections.keySet()) {
            BsonString name = new BsonString(namespace.substring(namespace.indexOf('.') + 1));
            if (namespace.startsWith(database) && (wanted == null || wanted.equals(name))) {
                found.add(new BsonDocument("name", name)
                        .append("type", new BsonString(types.getOrDefault(namespace, "collection"))));
            }
        }
        return cursor(0, database + "$cmd.listCollections", "firstBatch", found);
    }

    BsonDocument find(BsonDocument command) {
        String namespace = command.getString("$db").getValue() + "."
                + command.getString("find").getValue();
        BsonDocument byId = new BsonDocument("_id", new BsonInt32(1));
        BsonDocument filter = command.getDocument("filter", new BsonDocument());
        if (!byId.equals(command.get("sort"))
                || !byId.equals(command.get("hint"))
                || !(filter.isEmpty() || filter.equals(LAST_KEY))) {
            throw new IllegalArgumentException("a scripted server finds by _id only: " + command);
        }
        BsonDocument min = command.getDocument("min", new BsonDocument());
        if (min.equals(LAST_KEY)) {
            return MongoReplies.error(MIN_NOT_BEFORE_MAX, "Location51175", List.of());
        }
        BsonValue from = filter.isEmpty() ? min.get("_id") : filter.get("_id");
        Cursor cursor = new Cursor(namespace, from, !min.isEmpty());
        cursors.put(++lastCursor, cursor);
        return MongoReplies.ok(batch(lastCursor, cursor, command, "firstBatch"));
    }

    BsonDocument more(BsonDocument command) {
        long id = command.getInt64("getMore").getValue();
        Cursor cursor = cursors.get(id);
        return cursor == null
                ? MongoReplies.cursorNotFound()
                : MongoReplies.ok(batch(id, cursor, command, "nextBatch"));
    }

    boolean isCursor(BsonDocument getMore) {
        return getMore.getInt64("getMore").getValue() > FIRST_CURSOR;
    }

    void kill(long id) {
        cursors.remove(id);
    }

    int openCursors() {
        return cursors.size();
    }

    private BsonDocument batch(long id, Cursor cursor, BsonDocument command, String name) {
        int most = command.getNumber("batchSize", new BsonInt32(101)).intValue();
        TreeMap<BsonValue, BsonDocument> all = collections.getOrDefault(cursor.namespace, new TreeMap<>(INDEX_ORDER));
        BsonArray found = new BsonArray();
        var rest = cursor.sent == null ? all : all.tailMap(cursor.sent, cursor.includesSent);
        for (BsonDocument document : rest.values()) {
            if (cursor.isBounded && document.get("_id") instanceof BsonMaxKey) {
                break;
            }
            if (found.size() == most) {
                return cursor(id, cursor.namespace, name, found);
            }
            found.add(document);
            cursor.sent = document.get("_id");
            cursor.includesSent = false;
        }
        cursors.remove(id);
        return cursor(0, cursor.namespace, name, found);
    }

    private static BsonDocument cursor(long id, String namespace, String name, BsonArray documents) {
        return new BsonDocument(
                "cursor",
                new BsonDocument(name, documents)
                        .append("id", new BsonInt64(id))
                        .append("ns", new BsonString(namespace)));
    }

    // ---- the order of keys

    private static int compare(BsonValue one, BsonValue other) {
        int types = Integer.compare(rank(one), rank(other));
        if (types != 0) {
            return types;
        }
        if (one.isNumber()) {
            return Double.compare(one.asNumber().doubleValue(), other.asNumber().doubleValue());
        }
        if (one instanceof BsonBinary binary) {
            return Arrays.compare(binary.getData(), other.asBinary().getData());
        }
        if (one instanceof BsonDocument document) {
            return document.toJson().compareTo(other.asDocument().toJson());
        }
        return compareAlike(one, other);
    }

    @SuppressWarnings("unchecked")
    private static int compareAlike(BsonValue one, BsonValue other) {
        return one instanceof Comparable<?> ? ((Comparable<BsonValue>) one).compareTo(other) : 0;
    }

    private static int rank(BsonValue value) {
        int rank = TYPES.indexOf(value.isNumber() ? BsonType.DOUBLE : value.getBsonType());
        if (rank < 0) {
            throw new IllegalArgumentException("a scripted server has no keys of type " + value.getBsonType());
        }
        return rank;
    }
}
