// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.ClientSessionOptions;
import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Filters;
import io.millrace.core.PermanentException;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.source.load.LoadedTo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonMaxKey;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * Shows what collections there are, and their documents as they are at the log's place and at this session's begin, or
 * later, whichever member answers, and only what no election takes back. Used by the capture thread.
 */
final class LoadSession implements AutoCloseable {

    private static final Set<String> SYSTEM_DATABASES = Set.of("admin", "local", "config");
    private static final Bson BY_ID = new BsonDocument("_id", new BsonInt32(1));
    private static final BsonDocument LAST_KEY = new BsonDocument("_id", new BsonMaxKey());

    /** Documents that the server sends at a time. */
    private static final int BATCH = 1_000;

    private final MongoClient client;
    private final WatchScope scope;
    private final TableFilter filter;
    private final ClientSession session;

    LoadSession(MongoClient client, MongoOptions options, MongoPosition log) throws IOException {
        this.client = client;
        this.scope = options.watch();
        this.filter = options.pipeline().filter();
        this.session = start(client, log);
    }

    private static ClientSession start(MongoClient client, MongoPosition log) throws IOException {
        ClientSession started = null;
        try {
            if (Preflight.isSharded(client)) {
                throw new PermanentException(
                        "documents of a sharded cluster cannot be loaded: a document does not tell its shard key, which is part of its key in events. Load by other means, and start from StartFrom.operationTime(...) of a time before that.",
                        null);
            }
            started = client.startSession(
                    ClientSessionOptions.builder().causallyConsistent(true).build());
            // Of several targets, some may begin behind the log's place: none of them later than now.
            client.getDatabase("admin").runCommand(started, new BsonDocument("ping", new BsonInt32(1)));
            advance(started, log);
            return started;
        } catch (MongoException e) {
            close(started);
            throw StreamFailures.ofLoad(e, "collections");
        } catch (IOException e) {
            close(started);
            throw e;
        }
    }

    private static void close(@Nullable ClientSession started) {
        if (started != null) {
            started.close();
        }
    }

    /**
     * What collections there are is told by the primary, without regard to the session. So it must have got to the
     * log's place before it is asked: one that has not, as after an election or where the connection string names a
     * member that lags, may not have a collection yet, and its documents would be missing.
     */
    private static void advance(ClientSession session, MongoPosition log) throws IOException {
        BsonTimestamp place = log.lastTime();
        if (place == null) {
            return;
        }
        BsonTimestamp reached = session.getOperationTime();
        if (reached == null || reached.compareTo(place) < 0) {
            throw new IOException(
                    "the server has not got to the place that the load belongs to: it is at %s, and that is %s. It lags, or an election has taken the place back"
                            .formatted(reached, place));
        }
    }

    /** {@return the collections that are captured, in order, from the one to begin with on; all if that is null} */
    List<TableId> captured(@Nullable TableId from) {
        List<TableId> found = new ArrayList<>();
        for (String database : databases()) {
            for (Document collection : client.getDatabase(database).listCollections()) {
                TableId id = new TableId(database, collection.getString("name"));
                boolean isWatched =
                        scope.collection().isEmpty() || scope.collection().equals(id.name());
                if (isWatched && isOfDocuments(collection) && filter.includes(id)) {
                    found.add(id);
                }
            }
        }
        found.removeIf(id -> from != null && LoadedTo.ORDER.compare(id, from) < 0);
        found.sort(LoadedTo.ORDER);
        return found;
    }

    private List<String> databases() {
        if (!scope.database().isEmpty()) {
            return List.of(scope.database());
        }
        List<String> names = client.listDatabaseNames().into(new ArrayList<>());
        names.removeAll(SYSTEM_DATABASES);
        return names;
    }

    /** Neither views nor time series have events. */
    private static boolean isOfDocuments(Document collection) {
        return "collection".equals(collection.getString("type"))
                && !collection.getString("name").startsWith("system.");
    }

    /** {@return whether there is still such a collection} */
    boolean exists(TableId collection) {
        return client.getDatabase(collection.database())
                        .listCollections()
                        .filter(Filters.eq("name", collection.name()))
                        .first()
                != null;
    }

    /**
     * {@return the collection's documents by their keys} One with the last of all keys is left out, unless they are read
     * from the begin: a bound above is there in any case, and it is exclusive.
     *
     * @param after base64 of {@code {_id: ...}} to begin with, if that is still there, or behind it; empty for the begin.
     *     By an index's bound and not by {@code $gt}, which finds only keys of the same type
     * @throws MongoException if the server refuses it, or cannot be reached
     */
    MongoCursor<RawBsonDocument> documents(TableId collection, List<String> after) {
        if (after.isEmpty()) {
            return all(collection).cursor();
        }
        RawBsonDocument key = new RawBsonDocument(Base64.getDecoder().decode(after.get(0)));
        return LAST_KEY.equals(key)
                ? last(collection)
                : all(collection).min(key).cursor();
    }

    /** {@return the document that has the last of all keys, if there is one} */
    MongoCursor<RawBsonDocument> last(TableId collection) {
        return all(collection).filter(LAST_KEY).cursor();
    }

    private FindIterable<RawBsonDocument> all(TableId collection) {
        return client.getDatabase(collection.database())
                .getCollection(collection.name(), RawBsonDocument.class)
                .withReadConcern(ReadConcern.MAJORITY)
                .find(session)
                .hint(BY_ID)
                .sort(BY_ID)
                .batchSize(BATCH);
    }

    @Override
    public void close() {
        session.close();
    }
}
