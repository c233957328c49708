// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text of one value within JSON, found without a tree and with all digits of numbers kept. */
final class JsonText {

    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /**
     * {@return the text at {@code path}: a string's content, a number or boolean as written; null if
     * it is missing, null, an object or an array}
     *
     * @param path tokens of an RFC 6901 pointer, empty for the whole value
     * @throws IllegalArgumentException if the bytes are not JSON
     */
    static @Nullable String at(List<String> path, byte[] json, int offset, int length) {
        // Most values are strings without escapes, or integers: these need no parser.
        if (path.isEmpty() && isPlainString(json, offset, length)) {
            return new String(json, offset + 1, length - 2, StandardCharsets.UTF_8);
        }
        if (path.isEmpty() && isInteger(json, offset, length)) {
            return new String(json, offset, length, StandardCharsets.ISO_8859_1);
        }
        try (JsonParser parser = FACTORY.createParser(json, offset, length)) {
            parser.nextToken();
            for (String token : path) {
                if (!enter(parser, token)) {
                    return null;
                }
            }
            JsonToken value = parser.currentToken();
            boolean hasText = value != null && value.isScalarValue() && value != JsonToken.VALUE_NULL;
            return hasText ? parser.getText() : null;
        } catch (IOException e) {
            throw new IllegalArgumentException("a JSON value cannot be read: " + e.getMessage(), e);
        }
    }

    /** Moves to the member or element; false if there is none. */
    private static boolean enter(JsonParser parser, String token) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals(token);
                parser.nextToken();
                if (found) {
                    return true;
                }
                parser.skipChildren();
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY && isIndex(token)) {
            int index = Integer.parseInt(token);
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                if (i == index) {
                    return true;
                }
                parser.skipChildren();
            }
        }
        return false;
    }

    private static boolean isIndex(String token) {
        boolean digits = !token.isEmpty() && token.length() < 10;
        for (int i = 0; i < token.length(); i++) {
            digits &= token.charAt(i) >= '0' && token.charAt(i) <= '9';
        }
        return digits && (token.length() == 1 || token.charAt(0) != '0');
    }

    private static boolean isInteger(byte[] json, int offset, int length) {
        int first = length > 1 && json[offset] == '-' ? offset + 1 : offset;
        int end = offset + length;
        if (first == end || (json[first] == '0' && end - first > 1)) {
            return false;
        }
        for (int i = first; i < end; i++) {
            if (json[i] < '0' || json[i] > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlainString(byte[] json, int offset, int length) {
        if (length < 2 || json[offset] != '"' || json[offset + length - 1] != '"') {
            return false;
        }
        for (int i = offset + 1; i < offset + length - 1; i++) {
            if (json[i] == '\\' || json[i] == '"') {
                return false;
            }
        }
        return true;
    }
}
