// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import io.millrace.core.Record;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** What should have been stored, and how what was stored may differ from it. */
final class KitHistory {

    /** Where a record stands in the history of its key. */
    private record Place(String key, int index) {}

    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, List<String>> keys = new LinkedHashMap<>();
    private final Set<String> repeatable = new HashSet<>();

    KitHistory(List<Record> expected, Function<Record, String> form) {
        for (Record record : expected) {
            String key =
                    record.table() + "/" + Objects.requireNonNull(record.row().get("id"));
            List<String> history = keys.computeIfAbsent(key, k -> new ArrayList<>());
            String text = form.apply(record);
            if (places.put(text, new Place(key, history.size())) != null) {
                throw new AssertionError("form(record) must tell all records apart, but this is that of two: " + text);
            }
            history.add(text);
        }
    }

    /** These may be stored again. */
    KitHistory repeatable(List<Record> records, Function<Record, String> form) {
        records.forEach(record -> repeatable.add(form.apply(record)));
        return this;
    }

    /**
     * What was stored of a key must be the key's history, with steps back to what may come again: no
     * step forward leaves anything out, and the last thing stored is the last that happened.
     */
    void assertStored(List<String> stored) {
        Map<String, Integer> reached = new HashMap<>();
        for (String text : stored) {
            Place place = places.get(text);
            if (place == null) {
                throw new AssertionError("stored, but it should not have been: " + text);
            }
            int next = reached.getOrDefault(place.key, 0);
            if (place.index > next) {
                throw new AssertionError("%s: number %d of the key was stored after %d, out of order or with a gap: %s"
                        .formatted(place.key, place.index + 1, next, text));
            }
            if (place.index < next && !repeatable.contains(text)) {
                throw new AssertionError(place.key + ": stored again without need: " + text);
            }
            reached.put(place.key, place.index + 1);
        }
        keys.forEach((key, history) -> {
            int last = reached.getOrDefault(key, 0);
            if (last != history.size()) {
                throw new AssertionError(
                        "%s: the last stored is number %d of the key, but the last that happened is %d: %s"
                                .formatted(key, last, history.size(), history.get(history.size() - 1)));
            }
        });
    }
}
