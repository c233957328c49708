// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map.Entry;

/**
 * Compares JSON of ours with the driver's: names, their order, texts and digits must be the same. Only three
 * spellings may differ. The driver writes doubles as the running Java does, which before 19 did not always find
 * the shortest digits; it cuts zeros from a date's milliseconds, where the specification wants three digits; and
 * in relaxed JSON it leaves out the {@code $dbPointer} that the specification puts around a DBPointer.
 */
final class JsonLikeness {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private JsonLikeness() {}

    static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    /** {@return where and how the two differ; empty if they do not} */
    static String difference(JsonNode ours, JsonNode drivers) {
        if (ours.has("$dbPointer") && !drivers.has("$dbPointer")) {
            return difference(ours.get("$dbPointer"), drivers);
        }
        if (ours.isObject() && drivers.isObject() && ours.size() == drivers.size()) {
            Iterator<Entry<String, JsonNode>> other = drivers.properties().iterator();
            for (Entry<String, JsonNode> field : ours.properties()) {
                Entry<String, JsonNode> theirs = other.next();
                String difference = field.getKey().equals(theirs.getKey())
                        ? member(field.getKey(), field.getValue(), theirs.getValue())
                        : field.getKey() + " is not " + theirs.getKey();
                if (!difference.isEmpty()) {
                    return field.getKey() + ": " + difference;
                }
            }
            return "";
        }
        if (ours.isArray() && drivers.isArray() && ours.size() == drivers.size()) {
            for (int i = 0; i < ours.size(); i++) {
                String difference = difference(ours.get(i), drivers.get(i));
                if (!difference.isEmpty()) {
                    return i + ": " + difference;
                }
            }
            return "";
        }
        if (ours.isBigDecimal() && drivers.isBigDecimal()) {
            return sameDouble(ours.asText(), drivers.asText());
        }
        return ours.equals(drivers) ? "" : ours + " is not " + drivers;
    }

    private static String member(String name, JsonNode ours, JsonNode drivers) {
        boolean texts = ours.isTextual() && drivers.isTextual();
        if (texts && name.equals("$date") && ours.asText().matches(".*\\.\\d{3}Z")) {
            boolean same = Instant.parse(ours.asText()).equals(Instant.parse(drivers.asText()));
            return same ? "" : ours + " is not " + drivers;
        }
        return texts && name.equals("$numberDouble")
                ? sameDouble(ours.asText(), drivers.asText())
                : difference(ours, drivers);
    }

    private static String sameDouble(String ours, String drivers) {
        boolean same = Double.doubleToLongBits(Double.parseDouble(ours))
                == Double.doubleToLongBits(Double.parseDouble(drivers));
        return same && (ours.equals(drivers) || ours.length() < drivers.length()) ? "" : ours + " is not " + drivers;
    }
}
