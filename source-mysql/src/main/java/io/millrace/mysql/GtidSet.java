// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of MySQL's global transaction ids, as {@code @@gtid_executed} shows it:
 * {@code 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7,...}. Immutable.
 *
 * <p>The form is that of the MySQL reference manual, "GTID Format and Storage". Tags (MySQL 8.3 and
 * later) are kept apart like servers of their own: {@code uuid:tag:1-5}.
 */
public final class GtidSet {

    /*
     * For each source (a server's UUID, with the tag if there is one) an array of pairs: first and
     * last number of each interval, both inclusive, rising and never touching each other.
     */
    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");

    private static final Pattern TAG = Pattern.compile("[a-z_][a-z0-9_]{0,31}");

    /** One source's part of {@code @@gtid_owned}. Nothing need stand between it and the next one's UUID. */
    private static final Pattern OWNED = Pattern.compile("(%1$s(?::%2$s)?)((?::[0-9]+#[0-9]+)+?)(?=,|$|%1$s)"
            .formatted(UUID.pattern().replace("?", ""), TAG));

    private static final Pattern INTERVAL = Pattern.compile("([0-9]{1,19})(?:-([0-9]{1,19}))?");
    private static final GtidSet EMPTY = new GtidSet(new TreeMap<>());

    private final Map<String, long[]> sources;

    GtidSet(Map<String, long[]> sources) {
        this.sources = sources;
    }

    public static GtidSet empty() {
        return EMPTY;
    }

    /**
     * {@return the set that the text describes; white space is ignored, the empty text is the empty set}
     *
     * @throws IllegalArgumentException if it is not one; the message shows the part that is wrong
     */
    public static GtidSet parse(String text) {
        Map<String, GtidIntervals> sources = new TreeMap<>();
        String clean = text.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
        for (String part : clean.split(",")) {
            if (!part.isEmpty()) {
                parsePart(part, sources);
            }
        }
        return of(sources);
    }

    /**
     * {@return the set that {@code @@gtid_owned} describes, which has the owner's thread behind each number:
     * {@code 3e11fa47-71ca-11e1-9e33-c80aa9429562:4#17:5#18}}
     */
    static GtidSet parseOwned(String text) {
        StringBuilder set = new StringBuilder();
        Matcher part = OWNED.matcher(text.replaceAll("\\s", "").toLowerCase(Locale.ROOT));
        while (part.find()) {
            set.append(part.group(1))
                    .append(part.group(2).replaceAll("#[0-9]+", ""))
                    .append(',');
        }
        return parse(set.toString());
    }

    private static void parsePart(String part, Map<String, GtidIntervals> sources) {
        String[] fields = part.split(":");
        if (!UUID.matcher(fields[0]).matches() || fields.length < 2) {
            throw malformed(part);
        }
        String uuid = withDashes(fields[0]);
        String source = uuid;
        for (int i = 1; i < fields.length; i++) {
            Matcher interval = INTERVAL.matcher(fields[i]);
            if (interval.matches()) {
                long first = number(interval.group(1), part);
                long last = interval.group(2) == null ? first : number(interval.group(2), part);
                if (first < 1 || last < first) {
                    throw malformed(part);
                }
                sources.computeIfAbsent(source, key -> new GtidIntervals()).add(first, last);
            } else if (TAG.matcher(fields[i]).matches()) {
                source = uuid + ":" + fields[i];
            } else {
                throw malformed(part);
            }
        }
    }

    private static long number(String digits, String part) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw malformed(part);
        }
    }

    private static String withDashes(String uuid) {
        String hex = uuid.replace("-", "");
        return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                + hex.substring(16, 20) + "-" + hex.substring(20);
    }

    private static IllegalArgumentException malformed(String part) {
        return new IllegalArgumentException(
                "'" + part + "' is not a set of GTIDs; it looks like 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7");
    }

    static GtidSet of(Map<String, GtidIntervals> sources) {
        Map<String, long[]> arrays = new TreeMap<>();
        sources.forEach((source, intervals) -> arrays.put(source, intervals.toArray()));
        return new GtidSet(arrays);
    }

    public boolean isEmpty() {
        return sources.isEmpty();
    }

    /** {@return whether any of the ids carries a tag} */
    public boolean hasTags() {
        return sources.keySet().stream().anyMatch(source -> source.indexOf(':') >= 0);
    }

    /** {@return the sources' intervals, for the dump command and for trackers} Not to be changed. */
    Map<String, long[]> sources() {
        return sources;
    }

    /** {@return whether this set holds every id of {@code other}} */
    public boolean containsAll(GtidSet other) {
        return other.minus(this).isEmpty();
    }

    /** {@return the ids that are in both sets} */
    public GtidSet intersect(GtidSet other) {
        Map<String, long[]> result = new TreeMap<>();
        sources.forEach((source, mine) -> {
            long[] theirs = other.sources.get(source);
            if (theirs != null) {
                put(result, source, overlap(mine, theirs));
            }
        });
        return new GtidSet(result);
    }

    /** {@return the ids that are in either set} */
    GtidSet plus(GtidSet other) {
        Map<String, GtidIntervals> result = new TreeMap<>();
        sources.forEach((source, mine) -> result.put(source, GtidIntervals.of(mine)));
        other.sources.forEach((source, theirs) -> {
            GtidIntervals all = result.computeIfAbsent(source, key -> new GtidIntervals());
            for (int i = 0; i < theirs.length; i += 2) {
                all.add(theirs[i], theirs[i + 1]);
            }
        });
        return of(result);
    }

    /** {@return the ids of this set that are not in {@code other}} */
    public GtidSet minus(GtidSet other) {
        Map<String, long[]> result = new TreeMap<>();
        sources.forEach((source, mine) -> {
            long[] theirs = other.sources.get(source);
            put(result, source, theirs == null ? mine : overlap(mine, gaps(theirs)));
        });
        return new GtidSet(result);
    }

    private static void put(Map<String, long[]> result, String source, long[] intervals) {
        if (intervals.length > 0) {
            result.put(source, intervals);
        }
    }

    private static long[] overlap(long[] a, long[] b) {
        long[] result = new long[a.length + b.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            long first = Math.max(a[i], b[j]);
            long last = Math.min(a[i + 1], b[j + 1]);
            if (first <= last) {
                result[size++] = first;
                result[size++] = last;
            }
            if (a[i + 1] < b[j + 1]) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return Arrays.copyOf(result, size);
    }

    private static long[] gaps(long[] intervals) {
        long[] result = new long[intervals.length + 2];
        int size = 0;
        long next = 1;
        for (int i = 0; i < intervals.length; i += 2) {
            if (intervals[i] > next) {
                result[size++] = next;
                result[size++] = intervals[i] - 1;
            }
            next = intervals[i + 1] + 1;
        }
        result[size++] = next;
        result[size++] = Long.MAX_VALUE;
        return Arrays.copyOf(result, size);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GtidSet that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** {@return the set as MySQL writes it, the empty set as the empty text} */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        sources.forEach((source, intervals) -> parts.add(source + ":" + intervalText(intervals)));
        return String.join(",", parts);
    }

    private static String intervalText(long[] intervals) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < intervals.length; i += 2) {
            texts.add(
                    intervals[i] == intervals[i + 1]
                            ? Long.toString(intervals[i])
                            : intervals[i] + "-" + intervals[i + 1]);
        }
        return texts.stream().collect(Collectors.joining(":"));
    }
}
