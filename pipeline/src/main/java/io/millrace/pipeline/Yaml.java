// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A value of a file that knows its place. References to the environment have been replaced. */
sealed interface Yaml {

    Place place();

    /** {@return what it is, for messages} */
    String what();

    /**
     * Keys and their values.
     *
     * @param entries by the key as it is written, in the file's order
     */
    record Mapping(Place place, Map<String, Entry> entries) implements Yaml {

        /** @param key where the key is */
        record Entry(Place key, Yaml value) {}

        static Mapping empty(Place place) {
            return new Mapping(place, new LinkedHashMap<>());
        }

        /** {@return the entry of a key, however the key is written; null if there is none} */
        @Nullable Entry find(String key) {
            for (Map.Entry<String, Entry> entry : entries.entrySet()) {
                if (Spelling.same(entry.getKey(), key)) {
                    return entry.getValue();
                }
            }
            return null;
        }

        @Override
        public String what() {
            return "a mapping";
        }
    }

    /** Values in order. */
    record Sequence(Place place, List<Yaml> items) implements Yaml {

        @Override
        public String what() {
            return "a list";
        }
    }

    /**
     * A text, number or the like.
     *
     * @param raw as it is written
     * @param text with references replaced
     * @param plain whether it is written without quotes, so that it may be a number, or null
     */
    record Scalar(Place place, String raw, String text, boolean plain) implements Yaml {

        /** {@return whether the text came from the environment: it is never shown} */
        boolean isReferenced() {
            return !raw.equals(text);
        }

        boolean isNull() {
            return plain
                    && (raw.isEmpty() || Set.of("~", "null", "Null", "NULL").contains(raw));
        }

        /** {@return the text for messages: as it is written, and nothing of a secret} */
        String shown() {
            return Secrets.isSecret(place.path())
                    ? "a text that is not shown"
                    : "'" + Secrets.masked(place.path(), raw) + "'";
        }

        @Override
        public String what() {
            return isNull() ? "nothing" : shown();
        }
    }
}
