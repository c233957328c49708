// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Collects what is wrong with a file. The same problem at the same place counts once. Not thread-safe. */
final class FileFindings {

    /** What is shorter is part of other words by chance. */
    private static final int SHORTEST_PART = 4;

    private final Set<PipelineFinding> all = new LinkedHashSet<>();
    private final Set<String> paths = new HashSet<>();
    /** The longest first: a text may be a part of another. */
    private final Map<String, String> hidden =
            new TreeMap<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    /** Secrets that are not hidden within words. */
    private final List<Pattern> words = new ArrayList<>();

    /** From here on, {@code shown} stands in messages for {@code text}, which may be a secret, if it is not short. */
    void hide(String text, String shown) {
        if (text.length() >= SHORTEST_PART) {
            hidden.put(text, shown);
        }
    }

    /** From here on, messages do not show the text; a short one not as a word. */
    void hideSecret(String text) {
        if (text.length() >= SHORTEST_PART) {
            hidden.putIfAbsent(text, Secrets.HIDDEN);
        } else if (!text.isEmpty()) {
            words.add(Pattern.compile("(?<![\\p{L}\\p{N}])" + Pattern.quote(text) + "(?![\\p{L}\\p{N}])"));
        }
    }

    void add(Place place, String problem) {
        String shown = problem.replaceAll("\\s*\\R\\s*", " ");
        for (Map.Entry<String, String> secret : hidden.entrySet()) {
            shown = shown.replace(secret.getKey(), secret.getValue());
        }
        for (Pattern word : words) {
            shown = word.matcher(shown).replaceAll(Secrets.HIDDEN);
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
