// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Collects what is wrong with a file. The same problem at the same place counts once. Not thread-safe. */
final class FileFindings {

    /** What is shorter is part of other words by chance. */
    private static final int SHORTEST_SECRET = 4;

    private final Set<PipelineFinding> all = new LinkedHashSet<>();
    private final Set<String> paths = new HashSet<>();
    private final Map<String, String> hidden = new HashMap<>();

    /** From here on, {@code shown} stands in messages for {@code text}, which may be a secret. */
    void hide(String text, String shown) {
        if (text.length() >= SHORTEST_SECRET) {
            hidden.put(text, shown);
        }
    }

    void add(Place place, String problem) {
        String shown = problem.replaceAll("\\s*\\R\\s*", " ");
        for (Map.Entry<String, String> secret : hidden.entrySet()) {
            shown = shown.replace(secret.getKey(), secret.getValue());
        }
        all.add(new PipelineFinding(place.line(), place.column(), place.path(), shown));
        paths.add(place.path());
    }

    /** {@return whether something was found at this path or below it} */
    boolean has(String path) {
        return paths.stream()
                .anyMatch(found -> found.equals(path) || found.startsWith(path + ".") || found.startsWith(path + "["));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** {@return all findings, in the file's order} */
    InvalidPipelineException exception(String file) {
        return new InvalidPipelineException(
                file,
                all.stream()
                        .sorted(Comparator.comparingInt(PipelineFinding::line)
                                .thenComparingInt(PipelineFinding::column))
                        .toList());
    }
}
