// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;

/** The stored form of a checkpoint. */
final class CheckpointJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CheckpointJson() {}

    static String write(Checkpoint checkpoint) {
        try {
            ObjectNode json = MAPPER.createObjectNode();
            json.put("format", Checkpoint.FORMAT);
            json.put("source", checkpoint.source());
            json.set("position", MAPPER.readTree(checkpoint.position()));
            json.put("transaction", checkpoint.transaction());
            OpenTransaction open = checkpoint.open();
            if (open != null) {
                json.putObject("open").put("id", open.id()).put("ordinal", open.ordinal());
            }
            json.put("epoch", checkpoint.epoch());
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("position is not JSON: " + checkpoint.position(), e);
        }
    }

    static Checkpoint read(String text) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new CheckpointException("a checkpoint is damaged (it is not JSON): " + text, e);
        }
        int format = json.path("format").asInt();
        if (format > Checkpoint.FORMAT) {
            throw new CheckpointException(
                    "a checkpoint has format %d, but this version of Millrace reads up to %d; run the version that wrote it, or a newer one"
                            .formatted(format, Checkpoint.FORMAT),
                    null);
        }
        if (format < 1
                || !json.path("source").isTextual()
                || !json.path("position").isObject()
                || !json.path("transaction").isIntegralNumber()) {
            throw new CheckpointException("a checkpoint is damaged (fields are missing): " + text, null);
        }
        JsonNode open = json.path("open");
        return new Checkpoint(
                json.get("source").asText(),
                json.get("position").toString(),
                json.get("transaction").asLong(),
                open.isObject()
                        ? new OpenTransaction(
                                open.path("id").asText(), open.path("ordinal").asLong())
                        : null,
                json.path("epoch").asLong());
    }
}
