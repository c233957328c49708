// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.TargetOptions;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pipeline's checkpoints as one JSON document. */
final class CheckpointExport {

    private static final int FORMAT = 1;
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private CheckpointExport() {}

    static String write(String pipeline, Map<String, Checkpoint> checkpoints) {
        try {
            ObjectNode json = MAPPER.createObjectNode();
            json.put("format", FORMAT);
            json.put("pipeline", pipeline);
            ObjectNode targets = json.putObject("checkpoints");
            for (Map.Entry<String, Checkpoint> entry : checkpoints.entrySet()) {
                targets.set(entry.getKey(), MAPPER.readTree(entry.getValue().toJson()));
            }
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a checkpoint wrote itself as what is not JSON", e);
        }
    }

    /** @throws CheckpointException if it is not an export of the pipeline, or a checkpoint is damaged */
    static SortedMap<String, Checkpoint> read(String pipeline, String document) {
        JsonNode json = parse(document);
        JsonNode format = json.path("format");
        if (format.isIntegralNumber() && format.asLong() > FORMAT) {
            throw refused("has format " + format + ", but this version of Millrace reads up to " + FORMAT, null);
        }
        if (!format.isIntegralNumber()
                || format.asLong() != FORMAT
                || !json.path("pipeline").isTextual()
                || !json.path("checkpoints").isObject()) {
            throw refused("is not an export of checkpoints, or is damaged", null);
        }
        if (!json.path("pipeline").asText().equals(pipeline)) {
            throw refused("is of pipeline " + json.path("pipeline").asText() + ", not of " + pipeline, null);
        }
        SortedMap<String, Checkpoint> checkpoints = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : json.path("checkpoints").properties()) {
            checkpoints.put(name(entry.getKey()), checkpoint(entry.getKey(), entry.getValue()));
        }
        return checkpoints;
    }

    private static JsonNode parse(String document) {
        try {
            return MAPPER.readTree(document);
        } catch (JsonProcessingException e) {
            throw refused("is not JSON: " + e.getMessage(), e);
        }
    }

    /** A name becomes part of file names, so one that no target can have must not get that far. */
    private static String name(String target) {
        try {
            return TargetOptions.named(target).name();
        } catch (InvalidOptionsException e) {
            throw refused("holds a target of no valid name: " + e.getMessage(), e);
        }
    }

    private static Checkpoint checkpoint(String target, JsonNode json) {
        try {
            return Checkpoint.parse(json.toString());
        } catch (CheckpointException e) {
            throw refused("does not hold a checkpoint for target " + target + ": " + e.getMessage(), e);
        }
    }

    private static CheckpointException refused(String why, @Nullable Exception cause) {
        return new CheckpointException("the document " + why + ". Nothing was imported.", cause);
    }
}
