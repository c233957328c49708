// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;

/**
 * What the events of a stream depend on: what it watches, and how it was asked for. The pipeline stands as a hash.
 * Kept with each position, since a token that was read from one stream may be none of another. Immutable.
 *
 * @param settings values by their names among the options
 */
record StreamShape(Map<String, String> settings) {

    private static final int HASH_BYTES = 16;

    static StreamShape of(MongoOptions options) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("watch", options.watch().toString());
        settings.put("pipeline", hash(options.pipelineStages()));
        settings.put("fullDocument", options.fullDocument().getValue());
        settings.put("beforeImage", options.beforeImage().getValue());
        settings.put("expandedEvents", String.valueOf(options.expandedEvents()));
        settings.put("splitLargeEvents", String.valueOf(options.splitLargeEvents()));
        return new StreamShape(settings);
    }

    private static String hash(List<BsonDocument> pipeline) {
        if (pipeline.isEmpty()) {
            return "none";
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            pipeline.forEach(stage -> digest.update(stage.toJson().getBytes(UTF_8)));
            return "sha256:" + HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static StreamShape parse(JsonNode json) {
        Map<String, String> settings = new LinkedHashMap<>();
        json.properties()
                .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
        return new StreamShape(settings);
    }

    ObjectNode toJson() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        settings.forEach(json::put);
        return json;
    }

    /** {@return what is different here, such as {@code watch was shop and is shop.orders}; empty if nothing is} */
    String changedSince(StreamShape before) {
        List<String> changes = new ArrayList<>();
        settings.forEach((name, value) -> {
            String old = before.settings.get(name);
            if (old != null && !old.equals(value)) {
                changes.add(name + " was " + old + " and is " + value);
            }
        });
        return String.join(", ", changes);
    }
}
