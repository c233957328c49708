// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.millrace.core.Position;
import io.millrace.core.source.load.LoadPosition;
import java.time.Instant;
import java.util.Objects;
import org.bson.BsonTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * How far in a change stream: after a resume token, or at a time of the cluster. One that was read from a stream
 * also says which stream that was, since a token means nothing in another one. Immutable.
 */
public final class MongoPosition implements Position {

    /** Eight of seconds, and eight of a number within the second; behind a token's begin. */
    private static final int TIME_DIGITS = 16;

    private final @Nullable ResumeToken token;
    /** Orders positions: the token's text, or what the texts of all tokens of that time begin with. */
    private final String order;

    private final @Nullable StreamShape stream;

    private MongoPosition(@Nullable ResumeToken token, String order, @Nullable StreamShape stream) {
        this.token = token;
        this.order = order;
        this.stream = stream;
    }

    /**
     * {@return the position after a token, in whatever stream}
     *
     * @param json the token, as extended JSON: {@code {"_data":"82..."}}
     * @throws IllegalArgumentException if it is not one
     */
    public static MongoPosition token(String json) {
        return after(ResumeToken.parse(json), null);
    }

    /** {@return the position before all that was changed at this time, by the cluster's clock} */
    public static MongoPosition operationTime(Instant time) {
        return operationTime(new BsonTimestamp((int) time.getEpochSecond(), 0));
    }

    /** {@return the position before all that was changed at this time} */
    public static MongoPosition operationTime(BsonTimestamp time) {
        return new MongoPosition(null, "%s%08X%08X".formatted(ResumeToken.BEGIN, time.getTime(), time.getInc()), null);
    }

    /**
     * {@return the position after all that was changed at this time} With the time that a session knows after a write
     * of its own, {@link io.millrace.core.Processor#awaitDelivered} waits until that can be read from the targets.
     */
    public static MongoPosition afterOperationTime(BsonTimestamp time) {
        return operationTime(new BsonTimestamp(time.getTime(), time.getInc() + 1));
    }

    static MongoPosition after(ResumeToken token, @Nullable StreamShape stream) {
        return new MongoPosition(token, token.data(), stream);
    }

    /**
     * {@return the position that {@link #toJson()} wrote}
     *
     * @throws IllegalArgumentException if it is not one
     */
    static MongoPosition parse(String json) {
        JsonNode node;
        try {
            node = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a MongoDB position: " + json, e);
        }
        StreamShape stream = node.has("stream") ? StreamShape.parse(node.get("stream")) : null;
        if (node.path("token").isObject()) {
            return after(ResumeToken.parse(node.get("token").toString()), stream);
        }
        JsonNode time = node.path("operation_time");
        if (time.path("t").isIntegralNumber() && time.path("i").isIntegralNumber()) {
            BsonTimestamp at = new BsonTimestamp(
                    (int) time.get("t").asLong(), (int) time.get("i").asLong());
            return new MongoPosition(null, operationTime(at).order, stream);
        }
        throw new IllegalArgumentException("not a MongoDB position: " + json);
    }

    @Override
    public String toJson() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        if (token != null) {
            json.putRawValue("token", new RawValue(token.toJson()));
        }
        BsonTimestamp time = operationTime();
        if (time != null) {
            json.putObject("operation_time")
                    .put("t", Integer.toUnsignedLong(time.getTime()))
                    .put("i", Integer.toUnsignedLong(time.getInc()));
        }
        if (stream != null) {
            json.set("stream", stream.toJson());
        }
        return json.toString();
    }

    @Nullable ResumeToken token() {
        return token;
    }

    /** {@return text that orders positions} */
    String order() {
        return order;
    }

    /** {@return the stream it was read from; null if someone chose it} */
    @Nullable StreamShape stream() {
        return stream;
    }

    MongoPosition in(StreamShape of) {
        return new MongoPosition(token, order, of);
    }

    /** {@return the time of the cluster at this position, as the token tells it; null if it does not} */
    public @Nullable BsonTimestamp operationTime() {
        return timeOf(order);
    }

    /** {@return the time that a token's text tells; null if it does not} */
    static @Nullable BsonTimestamp timeOf(String order) {
        int end = ResumeToken.BEGIN.length() + TIME_DIGITS;
        if (!order.startsWith(ResumeToken.BEGIN) || order.length() < end) {
            return null;
        }
        try {
            return new BsonTimestamp(Long.parseUnsignedLong(order, ResumeToken.BEGIN.length(), end, 16));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** {@return the time of the last change that may lie before this position; null if it does not tell} */
    @Nullable BsonTimestamp lastTime() {
        BsonTimestamp time = operationTime();
        return time == null || token != null || time.getInc() == 0
                ? time
                : new BsonTimestamp(time.getTime(), time.getInc() - 1);
    }

    @Override
    public boolean includes(Position other) {
        return order.compareTo(of(other).order) >= 0;
    }

    @Override
    public Position lowest(Position other) {
        if (other instanceof LoadPosition loading) {
            return loading.lowest(this);
        }
        MongoPosition that = of(other);
        return order.compareTo(that.order) <= 0 ? this : that;
    }

    private MongoPosition of(Position other) {
        if (LoadPosition.logOf(other) instanceof MongoPosition that) {
            return that;
        }
        throw new IllegalArgumentException(
                "positions of different logs cannot be compared: " + toJson() + " and " + other.toJson());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MongoPosition that
                && order.equals(that.order)
                && Objects.equals(token, that.token)
                && Objects.equals(stream, that.stream);
    }

    @Override
    public int hashCode() {
        return order.hashCode();
    }

    @Override
    public String toString() {
        return toJson();
    }
}
