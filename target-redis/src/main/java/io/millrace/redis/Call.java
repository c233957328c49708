// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keys and arguments of one call of a script. */
final class Call {

    /** The number of the first key behind that of the checkpoints. */
    static final int FIRST_KEY = 2;

    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> arguments = new ArrayList<>();
    private final Map<String, Integer> indexes = new HashMap<>();
    /** For each key from the second on, the change that it came with first. */
    private final List<Change> changes = new ArrayList<>();

    Call(byte[] firstKey) {
        keys.add(firstKey);
    }

    /** {@return the key's number, from {@link #FIRST_KEY}; it is added if it is new} */
    int key(String key, Change change) {
        Integer known = indexes.get(key);
        if (known != null) {
            return known;
        }
        keys.add(key.getBytes(UTF_8));
        changes.add(change);
        indexes.put(key, keys.size());
        return keys.size();
    }

    /** {@return the key's number; that of the one that goes with it is the next} */
    int pair(String key, String companion, Change change) {
        int index = key(key, change);
        if (index == keys.size()) {
            keys.add(companion.getBytes(UTF_8));
            changes.add(change);
        }
        return index;
    }

    /** Adds a key of which no answer speaks. */
    void key(String key) {
        keys.add(key.getBytes(UTF_8));
    }

    Call add(byte[] argument) {
        arguments.add(argument);
        return this;
    }

    Call add(String argument) {
        return add(argument.getBytes(UTF_8));
    }

    Call add(long argument) {
        return add(Long.toString(argument));
    }

    List<byte[]> keys() {
        return keys;
    }

    List<byte[]> arguments() {
        return arguments;
    }

    /** {@return the change that the key of that number came with first} */
    Change change(int index) {
        return changes.get(index - FIRST_KEY);
    }

    String keyText(int index) {
        return new String(keys.get(index - 1), UTF_8);
    }
}
