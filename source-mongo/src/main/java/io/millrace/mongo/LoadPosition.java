// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.Position;
import io.millrace.core.TableId;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * While the documents are read that were there before. It is made by {@link StartFrom#initialLoad()}; what has been
 * read comes first, so a position of the stream alone includes it.
 *
 * @param log where the stream begins once all collections have been read
 * @param to how far collections have been read; null before the first
 */
record LoadPosition(MongoPosition log, @Nullable LoadedTo to) implements Position {

    /**
     * {@return the position that {@link #toJson()} wrote, or that of a stream}
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Position parse(String json) {
        JsonNode node;
        try {
            node = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a MongoDB position: " + json, e);
        }
        JsonNode load = node.path("load");
        if (!load.isObject()) {
            return MongoPosition.parse(json);
        }
        LoadedTo to = null;
        if (load.path("collection").isTextual()) {
            TableId collection = new TableId(
                    load.path("database").asText(), load.get("collection").asText());
            to = new LoadedTo(
                    collection,
                    load.path("pass").asText(),
                    load.path("documents").asLong(),
                    load.path("after").asText());
        }
        return new LoadPosition(MongoPosition.parse(node.path("log").toString()), to);
    }

    @Override
    public String toJson() {
        ObjectNode load = new ObjectMapper().createObjectNode();
        if (to != null) {
            load.put("database", to.collection().database())
                    .put("collection", to.collection().name())
                    .put("pass", to.pass())
                    .put("documents", to.documents())
                    .put("after", to.after());
        }
        return "{\"log\":" + log.toJson() + ",\"load\":" + load + "}";
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public boolean includes(Position other) {
        return other instanceof LoadPosition that
                && log.includes(that.log)
                && (that.to == null || (to != null && to.includes(that.to)));
    }

    @Override
    public Position lowest(Position other) {
        if (!(other instanceof LoadPosition that)) {
            return new LoadPosition((MongoPosition) log.lowest(other), to);
        }
        LoadedTo lower = to == null || that.to == null ? null : to.lowest(that.to);
        return new LoadPosition((MongoPosition) log.lowest(that.log), lower);
    }

    @Override
    public String toString() {
        return toJson();
    }

    /**
     * A place between documents of a collection; all collections that come before it, by database and name, have
     * been read.
     *
     * @param collection the one that is being read
     * @param pass stands for one way along the collection. Documents come and go between two of them, so that their
     *     numbers of documents do not say which of them has got further
     * @param documents how many of them the pass has read
     * @param after {@code {_id: ...}} of the last document as BSON in base64: no JSON tells every key from every other;
     *     empty if none has been read
     */
    record LoadedTo(TableId collection, String pass, long documents, String after) {

        static final Comparator<TableId> ORDER =
                Comparator.comparing(TableId::database).thenComparing(TableId::name);

        /** {@return this place, from which another pass goes on} */
        LoadedTo inPass(String other) {
            return new LoadedTo(collection, other, documents, after);
        }

        /** {@return whether this place is known to be at the other one, or behind it} */
        private boolean includes(LoadedTo that) {
            int collections = ORDER.compare(collection, that.collection);
            if (collections != 0) {
                return collections > 0;
            }
            return that.after.isEmpty() || (pass.equals(that.pass) && documents >= that.documents);
        }

        private LoadedTo lowest(LoadedTo that) {
            if (includes(that)) {
                return that;
            }
            // Which of two passes has got further cannot be told: the collection is read anew.
            return that.includes(this) ? this : new LoadedTo(collection, pass, 0, "");
        }
    }
}
