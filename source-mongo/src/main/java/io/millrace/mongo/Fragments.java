// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.UnreadableEventException;
import io.millrace.mongo.internal.bson.BsonElements;
import io.millrace.mongo.internal.bson.BsonType;
import io.millrace.mongo.internal.bson.MalformedBsonException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts events together that the server has split: each piece has some of the fields, a resume token, and says which
 * of how many it is. The whole has the token of the last piece, so that no place within it is one to resume from.
 * Used by the capture thread.
 */
final class Fragments {

    private static final byte[] FRAGMENT = "fragment".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OF = "of".getBytes(StandardCharsets.UTF_8);
    /** What a token's text ends with, behind the last that it holds. */
    private static final String END = "04";

    private final List<byte[]> pieces = new ArrayList<>();
    /** How many pieces the last event was put together of. */
    private int joined;

    private boolean isFirst = true;
    /** Whether the pieces are left out: of an event that was taken before, and has more of them now. */
    private boolean isKnown;

    /** Says that what comes next comes from another cursor: it may begin amid the pieces of the event that was the last. */
    void begin() {
        isFirst = true;
    }

    /**
     * Takes the next event or piece of one.
     *
     * @param after the token before it, for messages
     * @return a whole event; null if pieces of it are still to come
     * @throws UnreadableEventException if pieces are missing or make no whole
     */
    byte @Nullable [] add(byte[] bytes, String after) {
        try {
            BsonElements elements = new BsonElements(bytes, 0, bytes.length);
            if (!elements.find(EventField.SPLIT_EVENT.fieldName())) {
                if (isPending()) {
                    throw incomplete("an event comes after piece " + pieces.size() + " of a split one", after);
                }
                isFirst = false;
                joined = 1;
                return bytes;
            }
            if (elements.type() != BsonType.DOCUMENT) {
                throw incomplete("splitEvent is no document", after);
            }
            long fragment = integer(bytes, elements, FRAGMENT, after);
            long of = integer(bytes, elements, OF, after);
            isKnown = isKnown || (isFirst && fragment > 1);
            isFirst = false;
            if (isKnown) {
                isKnown = fragment < of;
                return null;
            }
            if (fragment != pieces.size() + 1 || fragment > of) {
                throw incomplete("piece %d of %d comes after piece %d".formatted(fragment, of, pieces.size()), after);
            }
            pieces.add(bytes);
            return fragment < of ? null : join();
        } catch (MalformedBsonException e) {
            throw new UnreadableEventException(
                    "an event cannot be read: " + e.getMessage(), ChangeEvent.placeAfter(after), e);
        }
    }

    /**
     * {@return what names the event that was put together last, also when it is read again and split otherwise, or not:
     * the text of the token that it has whole} That of a piece holds its number besides, counted from 0, as the last.
     */
    String idOf(ChangeEvent event) {
        String token = event.token();
        String number = "2B%02X".formatted(2 * (joined - 1)) + END;
        return joined > 1 && token.endsWith(number)
                ? token.substring(0, token.length() - number.length()) + END
                : token;
    }

    /** {@return whether pieces of an event are still to come} */
    boolean isPending() {
        return isKnown || !pieces.isEmpty();
    }

    private static long integer(byte[] bytes, BsonElements split, byte[] name, String after) {
        BsonElements within = new BsonElements(bytes, split.value(), split.end());
        if (!within.find(name)) {
            throw incomplete("splitEvent is not whole", after);
        }
        return within.integer();
    }

    private static UnreadableEventException incomplete(String problem, String after) {
        return new UnreadableEventException(
                "a split event cannot be put together: " + problem, ChangeEvent.placeAfter(after), null);
    }

    private byte[] join() {
        int size = pieces.stream().mapToInt(piece -> piece.length).reduce(0, Math::addExact);
        ByteBuffer whole = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        whole.putInt(0);
        for (int i = 0; i < pieces.size(); i++) {
            copyFields(pieces.get(i), i == pieces.size() - 1, whole);
        }
        joined = pieces.size();
        pieces.clear();
        whole.put((byte) 0);
        whole.putInt(0, whole.position());
        byte[] joined = new byte[whole.position()];
        whole.flip().get(joined);
        return joined;
    }

    private static void copyFields(byte[] piece, boolean isLast, ByteBuffer into) {
        BsonElements elements = new BsonElements(piece, 0, piece.length);
        while (elements.next()) {
            boolean isToken = elements.isNamed(EventField.ID.fieldName());
            if (isToken ? isLast : !elements.isNamed(EventField.SPLIT_EVENT.fieldName())) {
                into.put(piece, elements.begin(), elements.end() - elements.begin());
            }
        }
    }
}
