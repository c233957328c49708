// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.Position;
import io.millrace.core.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * While the rows are read that were there before. What has been read comes first, so a position of the log alone
 * includes it: positions of logs that are compared with one of this kind take {@link #logOf} it, and leave
 * {@link #lowest} to it.
 *
 * @param log where the log is read from once all tables have been read; itself not one of this kind
 * @param to how far tables have been read; null before the first
 */
public record LoadPosition(Position log, @Nullable LoadedTo to) implements Position {

    public LoadPosition {
        if (log instanceof LoadPosition) {
            throw new IllegalArgumentException("the position of the log is " + log.toJson());
        }
    }

    /**
     * {@return the position that {@link #toJson()} wrote, or one of the log alone}
     *
     * @param log reads positions of the log
     * @throws IllegalArgumentException if it is neither
     */
    public static Position parse(String json, Function<String, ? extends Position> log) {
        JsonNode node;
        try {
            node = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            // The source says what it should be.
            return log.apply(json);
        }
        JsonNode load = node.path("load");
        return load.isObject()
                ? new LoadPosition(log.apply(node.path("log").toString()), loadedTo(load))
                : log.apply(json);
    }

    private static @Nullable LoadedTo loadedTo(JsonNode load) {
        if (load.isEmpty()) {
            return null;
        }
        if (!load.path("table").isTextual()) {
            throw new IllegalArgumentException("not how far a load has got: " + load);
        }
        return new LoadedTo(
                new TableId(load.path("database").asText(), load.get("table").asText()),
                load.path("pass").asText(),
                load.path("rows").asLong(),
                texts(load.path("key")),
                texts(load.path("after")));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** {@return where the log is read from at a position, of whichever kind it is} */
    public static Position logOf(Position position) {
        return position instanceof LoadPosition loading ? loading.log : position;
    }

    @Override
    public String toJson() {
        ObjectNode load = new ObjectMapper().createObjectNode();
        if (to != null) {
            load.put("database", to.table().database())
                    .put("table", to.table().name())
                    .put("pass", to.pass())
                    .put("rows", to.rows());
            to.key().forEach(load.putArray("key")::add);
            to.after().forEach(load.putArray("after")::add);
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
            return new LoadPosition(log.lowest(other), to);
        }
        LoadedTo lower = to == null || that.to == null ? null : to.lowest(that.to);
        return new LoadPosition(log.lowest(that.log), lower);
    }

    @Override
    public String toString() {
        return toJson();
    }
}
