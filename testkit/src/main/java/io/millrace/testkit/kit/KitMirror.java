// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/** What a mirror should hold: of each row the latest state, or any that is not older than what was promised. */
final class KitMirror {

    /** Stands for a row that is not there. */
    private static final String NOTHING = "nothing";

    /** What there was of one row, from the begin on. */
    private static final class Row {

        private final String table;
        private final List<String> states = new ArrayList<>(List.of(NOTHING));
        private int promised;

        Row(String table) {
            this.table = table;
        }

        void become(String state, boolean isPromised) {
            states.add(state);
            if (isPromised) {
                promised = states.size() - 1;
            }
        }
    }

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, String> keys = new HashMap<>();

    /** @param isPromised whether the target has acknowledged the change */
    KitMirror(List<? extends Change> changes, Function<Record, String> form, Predicate<Change> isPromised) {
        for (Change change : changes) {
            boolean promised = isPromised.test(change);
            if (change instanceof Record record) {
                String table = record.table().toString();
                String key = table + "/" + Objects.requireNonNull(record.row().get("id"));
                String state = record.after() == null ? NOTHING : form.apply(record);
                if (record.after() != null && keys.put(state, key) != null) {
                    throw new AssertionError(
                            "form(record) must tell all records apart, but this is that of two: " + state);
                }
                rows.computeIfAbsent(key, k -> new Row(table)).become(state, promised);
            } else if (change instanceof Statement statement && statement.kind() == Statement.Kind.TRUNCATE_TABLE) {
                String table = statement.tables().get(0).toString();
                rows.values().stream()
                        .filter(row -> row.table.equals(table))
                        .forEach(row -> row.become(NOTHING, promised));
            }
        }
    }

    /** Each row is there as it was left by its last change. */
    void assertHoldsLatest(List<String> stored) {
        Map<String, String> states = states(stored);
        rows.forEach((key, row) -> {
            String latest = row.states.get(row.states.size() - 1);
            String state = states.getOrDefault(key, NOTHING);
            if (!state.equals(latest)) {
                throw new AssertionError("%s: there is %s, but the latest is %s".formatted(key, state, latest));
            }
        });
    }

    /** Each row is there as it was left by the last change that was promised, or by one behind it. */
    void assertHoldsPromised(List<String> stored) {
        Map<String, String> states = states(stored);
        rows.forEach((key, row) -> {
            String state = states.getOrDefault(key, NOTHING);
            if (!row.states.subList(row.promised, row.states.size()).contains(state)) {
                throw new AssertionError(
                        "%s: the target acknowledged what it had not stored: there is %s, but it said %s"
                                .formatted(key, state, row.states.get(row.promised)));
            }
        });
    }

    private Map<String, String> states(List<String> stored) {
        Map<String, String> states = new HashMap<>();
        for (String text : stored) {
            String key = keys.get(text);
            if (key == null) {
                throw new AssertionError("stored, but it should not have been: " + text);
            }
            String other = states.put(key, text);
            if (other != null) {
                throw new AssertionError("%s is there twice: as %s and as %s".formatted(key, other, text));
            }
        }
        return states;
    }
}
