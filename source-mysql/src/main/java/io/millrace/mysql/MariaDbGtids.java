// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last transaction of each replication domain of MariaDB, as {@code @@gtid_binlog_pos} shows them:
 * {@code 0-1-100,7-2-35}, each a domain, a server and a number. Within a domain the numbers rise along the log;
 * between domains nothing is said. Immutable.
 *
 * <p>The form is that of MariaDB's documentation, "Global Transaction ID".
 */
public final class MariaDbGtids {

    /**
     * The last transaction of a domain.
     *
     * @param server id of the server that wrote it first
     */
    record Last(long server, long number) {}

    private static final Pattern GTID = Pattern.compile("([0-9]{1,10})-([0-9]{1,10})-([0-9]{1,19})");
    private static final long LARGEST_ID = 0xffff_ffffL;
    private static final MariaDbGtids EMPTY = new MariaDbGtids(Map.of());

    private final TreeMap<Long, Last> domains;

    MariaDbGtids(Map<Long, Last> domains) {
        this.domains = new TreeMap<>(domains);
    }

    /** {@return the position before all transactions} */
    public static MariaDbGtids empty() {
        return EMPTY;
    }

    /**
     * {@return the position that the text describes; white space is ignored, the empty text is the empty position}
     *
     * @throws IllegalArgumentException if it is not one; the message shows the part that is wrong
     */
    public static MariaDbGtids parse(String text) {
        Map<Long, Last> domains = new TreeMap<>();
        String clean = text.replaceAll("\\s", "");
        for (String part : clean.split(",")) {
            if (!part.isEmpty()) {
                Matcher gtid = GTID.matcher(part);
                if (!gtid.matches()) {
                    throw malformed(part, "0-1-100,7-2-35");
                }
                Last last = new Last(id(gtid.group(2), part), number(gtid.group(3), part));
                if (domains.put(id(gtid.group(1), part), last) != null) {
                    throw malformed(part, "one of each domain, 0-1-100,7-2-35");
                }
            }
        }
        return new MariaDbGtids(domains);
    }

    /** {@return whether the text looks like one rather than like a set of MySQL's, which has colons} */
    static boolean isLike(String text) {
        return GTID.matcher(text.strip()).lookingAt() && text.indexOf(':') < 0;
    }

    private static long id(String digits, String part) {
        long id = number(digits, part);
        if (id > LARGEST_ID) {
            throw malformed(part, "numbers of domain and server are below 4294967296");
        }
        return id;
    }

    private static long number(String digits, String part) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw malformed(part, "the number is below 9223372036854775808");
        }
    }

    private static IllegalArgumentException malformed(String part, String looksLike) {
        return new IllegalArgumentException(
                "'" + part + "' is not a GTID position of MariaDB; it looks like " + looksLike);
    }

    public boolean isEmpty() {
        return domains.isEmpty();
    }

    /** {@return by domain} */
    Map<Long, Last> domains() {
        return domains;
    }

    /** {@return whether this position is not before {@code other} in any domain} */
    public boolean includes(MariaDbGtids other) {
        return other.domains.entrySet().stream()
                .allMatch(theirs -> numberIn(theirs.getKey()) >= theirs.getValue().number);
    }

    private long numberIn(long domain) {
        Last last = domains.get(domain);
        return last == null ? -1 : last.number;
    }

    /** {@return for each domain the lower of the two; what one of them lacks, so does the result} */
    public MariaDbGtids lowest(MariaDbGtids other) {
        Map<Long, Last> result = new TreeMap<>();
        domains.forEach((domain, mine) -> {
            Last theirs = other.domains.get(domain);
            if (theirs != null) {
                result.put(domain, mine.number <= theirs.number ? mine : theirs);
            }
        });
        return new MariaDbGtids(result);
    }

    /** {@return for each domain the higher of the two} */
    MariaDbGtids highest(MariaDbGtids other) {
        Map<Long, Last> result = new TreeMap<>(domains);
        other.domains.forEach((domain, theirs) ->
                result.merge(domain, theirs, (one, another) -> one.number >= another.number ? one : another));
        return new MariaDbGtids(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MariaDbGtids that && domains.equals(that.domains);
    }

    @Override
    public int hashCode() {
        return domains.hashCode();
    }

    /** {@return the position as MariaDB writes it, the empty one as the empty text} */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        domains.forEach((domain, last) -> parts.add(domain + "-" + last.server + "-" + last.number));
        return String.join(",", parts);
    }
}
