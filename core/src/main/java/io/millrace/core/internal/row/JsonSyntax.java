// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Tells JSON from other text. */
final class JsonSyntax {

    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonSyntax() {}

    /** {@return whether the text is one JSON value and nothing else} */
    static boolean isValue(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
