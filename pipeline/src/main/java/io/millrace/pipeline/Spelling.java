// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Names as they may be written: {@code maxInFlight}, {@code max_in_flight}, {@code MAX_IN_FLIGHT} are the same. */
final class Spelling {

    private Spelling() {}

    static boolean same(String name, String other) {
        return bare(name).equals(bare(other));
    }

    static String bare(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** {@return the name of a method or parameter as files usually write it: {@code max_in_flight}} */
    static String key(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    /** {@return {@code ; did you mean 'port'?}, or nothing if no name is near}, and what is allowed */
    static String advice(String name, Collection<String> allowed) {
        String sorted = allowed.stream().sorted().collect(Collectors.joining(", "));
        return nearest(name, allowed)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("")
                + (allowed.isEmpty() ? "" : " (known: " + sorted + ")");
    }

    private static Optional<String> nearest(String name, Collection<String> allowed) {
        String written = bare(name);
        int most = Math.max(1, written.length() / 3);
        return allowed.stream()
                .filter(candidate -> distance(written, bare(candidate)) <= most)
                .min(Comparator.<String>comparingInt(candidate -> distance(written, bare(candidate)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's, over names of a few letters. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] current = new int[right.length() + 1];
            current[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
