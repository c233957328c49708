// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stored form of a checkpoint. */
final class CheckpointJson {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private CheckpointJson() {}

    static String write(Checkpoint checkpoint) {
        String position = checkpoint.position();
        try {
            ObjectNode json = MAPPER.createObjectNode();
            json.put("format", Checkpoint.FORMAT);
            json.put("source", checkpoint.source());
            json.set("position", position(position));
            json.put("transaction", checkpoint.transaction());
            OpenTransaction open = checkpoint.open();
            if (open != null) {
                json.putObject("open").put("id", open.id()).put("ordinal", open.ordinal());
            }
            json.put("epoch", checkpoint.epoch());
            json.put("numbering", checkpoint.numbering());
            ArrayNode targets = json.putArray("targets");
            checkpoint.targets().stream().sorted().forEach(targets::add);
            if (checkpoint.filter() != null) {
                json.put("filter", checkpoint.filter());
            }
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("position is not JSON: " + position, e);
        }
    }

    private static JsonNode position(@Nullable String text) throws JsonProcessingException {
        if (text == null) {
            return MAPPER.nullNode();
        }
        JsonNode position = MAPPER.readTree(text);
        if (!position.isObject()) {
            throw new IllegalArgumentException("position is not a JSON object: " + text);
        }
        return position;
    }

    static Checkpoint read(String text) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new CheckpointException("a checkpoint is damaged (it is not JSON): " + text, e);
        }
        if (json.path("format").isIntegralNumber() && json.path("format").asLong() > Checkpoint.FORMAT) {
            throw new CheckpointException(
                    "a checkpoint has format %s, but this version of Millrace reads up to %d; run the version that wrote it, or a newer one"
                            .formatted(json.path("format"), Checkpoint.FORMAT),
                    null);
        }
        JsonNode position = json.path("position");
        boolean whole = isLong(json.path("format"))
                && json.path("format").asLong() == Checkpoint.FORMAT
                && json.path("source").isTextual()
                && (position.isObject() || position.isNull())
                && isLong(json.path("transaction"))
                && isLong(json.path("epoch"))
                && isLong(json.path("numbering"))
                && json.path("targets").isArray();
        JsonNode open = json.path("open");
        boolean wholeOpen = open.isMissingNode() || (open.path("id").isTextual() && isLong(open.path("ordinal")));
        JsonNode filter = json.path("filter");
        whole &= filter.isMissingNode() || filter.isTextual();
        Set<String> targets = new HashSet<>();
        for (JsonNode target : json.path("targets")) {
            whole &= target.isTextual() && targets.add(target.asText());
        }
        if (!whole || !wholeOpen) {
            throw new CheckpointException(
                    "a checkpoint is damaged (fields are missing or not of their type): " + text, null);
        }
        return new Checkpoint(
                json.get("source").asText(),
                position.isNull() ? null : position.toString(),
                json.get("transaction").asLong(),
                open.isObject()
                        ? new OpenTransaction(
                                open.get("id").asText(), open.get("ordinal").asLong())
                        : null,
                json.get("epoch").asLong(),
                json.get("numbering").asLong(),
                targets,
                filter.textValue());
    }

    private static boolean isLong(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong();
    }
}
