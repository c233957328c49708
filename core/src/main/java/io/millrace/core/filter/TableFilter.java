// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import io.millrace.core.Findings;
import io.millrace.core.TableId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which tables are captured: rules in order, of which the last that matches decides; a table that no
 * rule matches is captured. A rule names a database and a table exactly, letter case included, or
 * {@code *} for any. A table that is left out costs no decoding. Immutable and thread-safe.
 *
 * <pre>{@code
 * TableFilter.builder().exclude("*", "*").include("shop", "orders").build()
 * }</pre>
 */
public final class TableFilter {

    private static final String ANY = "*";
    private static final TableFilter ALL = builder().build();

    private final List<Rule> rules;

    private TableFilter(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** {@return the filter without rules: every table is captured} */
    public static TableFilter includeAll() {
        return ALL;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** {@return whether the table is captured} */
    public boolean includes(TableId table) {
        Rule rule = decisive(table);
        return rule == null || rule.include();
    }

    /** {@return whether a table of the database could be captured: no rule leaves them all out} */
    public boolean includesAnyOf(String database) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            Rule rule = rules.get(i);
            if (Rule.matches(rule.database(), database)
                    && (rule.include() || rule.table().equals(ANY))) {
                return rule.include();
            }
        }
        return true;
    }

    /**
     * {@return tables that stand for all that are captured: those that rules name, with {@code other} for each name
     * that is left open} For sources that have to ask whether they may read them.
     */
    public Set<TableId> representatives(String other) {
        Set<TableId> tables = new LinkedHashSet<>();
        tables.add(new TableId(other, other));
        for (Rule rule : rules) {
            tables.add(new TableId(
                    rule.database().equals(ANY) ? other : rule.database(),
                    rule.table().equals(ANY) ? other : rule.table()));
        }
        tables.removeIf(table -> !includes(table));
        return tables;
    }

    /** {@return whether the table is captured, and by which rule} For people. */
    public Verdict explain(TableId table) {
        Rule rule = decisive(table);
        return rule == null
                ? new Verdict(true, 0, "no rule matches " + table)
                : new Verdict(rule.include(), rules.lastIndexOf(rule) + 1, rule.toString());
    }

    private @Nullable Rule decisive(TableId table) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            if (rules.get(i).matches(table)) {
                return rules.get(i);
            }
        }
        return null;
    }

    /** {@return one rule a line, numbered from 1} */
    @Override
    public String toString() {
        return rules.isEmpty()
                ? "include *.*"
                : IntStream.range(0, rules.size())
                        .mapToObj(i -> (i + 1) + ": " + rules.get(i))
                        .collect(Collectors.joining("\n"));
    }

    /**
     * What a filter says of a table.
     *
     * @param included whether the table is captured
     * @param rule number of the rule that decided, from 1; 0 if none matched
     * @param reason that rule, for people
     */
    public record Verdict(boolean included, int rule, String reason) {}

    /** One line of a filter. */
    private record Rule(boolean include, String database, String table) {

        void check(int number, Findings findings) {
            check("database of rule " + number, database, findings);
            check("table of rule " + number, table, findings);
        }

        /** A pattern taken for a name would match nothing, and nobody would be told. */
        private static void check(String setting, String name, Findings findings) {
            boolean looksLikePattern = (name.contains(ANY) && !name.equals(ANY))
                    || (name.length() > 1 && name.startsWith("/") && name.endsWith("/"));
            findings.require(
                    !name.isBlank() && !looksLikePattern, setting, name, "must be an exact name, or * for any");
        }

        boolean matches(TableId id) {
            return matches(database, id.database()) && matches(table, id.name());
        }

        private static boolean matches(String pattern, String name) {
            return pattern.equals(ANY) || pattern.equals(name);
        }

        @Override
        public String toString() {
            return (include ? "include " : "exclude ") + database + "." + table;
        }
    }

    /** Not thread-safe. */
    public static final class Builder {

        private final List<Rule> rules = new ArrayList<>();

        private Builder() {}

        /** Captures what matches, unless a later rule says otherwise; {@code *} matches any name. */
        public Builder include(String database, String table) {
            return add(true, database, table);
        }

        /** Leaves out what matches, unless a later rule says otherwise; {@code *} matches any name. */
        public Builder exclude(String database, String table) {
            return add(false, database, table);
        }

        private Builder add(boolean include, String database, String table) {
            rules.add(new Rule(
                    include, Objects.requireNonNull(database, "database"), Objects.requireNonNull(table, "table")));
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with every name that is blank or looks like a pattern */
        public TableFilter build() {
            Findings findings = new Findings();
            for (int i = 0; i < rules.size(); i++) {
                rules.get(i).check(i + 1, findings);
            }
            findings.throwIfAny("TableFilter");
            return new TableFilter(rules);
        }
    }
}
