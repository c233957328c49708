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

    /** Letters to insert, leave out, replace or swap with the next, over names of a few letters. */
    private static int distance(String left, String right) {
        int[][] steps = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                steps[i][j] = i == 0 ? j : i;
                if (i > 0 && j > 0) {
                    boolean same = left.charAt(i - 1) == right.charAt(j - 1);
                    int replaced = steps[i - 1][j - 1] + (same ? 0 : 1);
                    steps[i][j] = Math.min(replaced, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
                    boolean swapped = i > 1
                            && j > 1
                            && left.charAt(i - 1) == right.charAt(j - 2)
                            && left.charAt(i - 2) == right.charAt(j - 1);
                    if (swapped) {
                        steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                    }
                }
            }
        }
        return steps[left.length()][right.length()];
    }
}
