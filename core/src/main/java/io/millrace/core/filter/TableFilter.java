// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import io.millrace.core.Findings;
import io.millrace.core.Record;
import io.millrace.core.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is captured: rules in order, of which the last that matches decides; what no rule matches is
 * captured. A table that is left out costs no decoding. Immutable and thread-safe.
 *
 * <pre>{@code
 * TableFilter.builder()
 *     .exclude("*", "*")
 *     .include("shop", "orders_*")
 *     .exclude("shop", "orders_tmp", Record.Kind.DELETE)
 *     .excludeColumns("shop", "/orders_[0-9]+/", "card_number")
 *     .build()
 * }</pre>
 *
 * <p>Databases, tables and columns are named exactly, letter case included unless
 * {@link Builder#ignoreCase} says otherwise; or by patterns: {@code *} stands for any number of
 * characters, {@code ?} for one, and what stands between slashes is a {@linkplain java.util.regex.Pattern
 * regular expression} for the whole name. Rules of events and of columns decide about them in the
 * tables that are captured at all. The columns of the primary key cannot be left out: a row without them
 * stops the capture.
 */
public final class TableFilter {

    private static final TableFilter ALL = builder().build();

    private final List<Rule> rules;
    private final boolean ignoresCase;

    private TableFilter(List<Rule> rules, boolean ignoresCase) {
        this.rules = List.copyOf(rules);
        this.ignoresCase = ignoresCase;
    }

    /** {@return the filter without rules: every table is captured} */
    public static TableFilter includeAll() {
        return ALL;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** {@return whether any events of the table are captured} */
    public boolean includes(TableId table) {
        return includesAny(rule -> rule.matches(table));
    }

    /** {@return whether, by the rules that are concerned, events of any kind are captured} */
    private boolean includesAny(Predicate<Rule> isConcerned) {
        EnumSet<Record.Kind> undecided = null;
        for (int i = rules.size() - 1; i >= 0; i--) {
            Rule rule = rules.get(i);
            if (rule.isOfTables() && isConcerned.test(rule)) {
                if (rule.include()
                        && (undecided == null || rule.kinds().stream().anyMatch(undecided::contains))) {
                    return true;
                }
                undecided = undecided == null ? EnumSet.allOf(Record.Kind.class) : undecided;
                undecided.removeAll(rule.kinds());
                if (undecided.isEmpty()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@return whether such events of the table are captured} */
    public boolean includes(TableId table, Record.Kind kind) {
        Rule rule = decisive(table, kind);
        return rule == null || rule.include();
    }

    /** {@return whether the column is captured, if its table is} */
    public boolean includesColumn(TableId table, String column) {
        Rule rule = decisive(table, column);
        return rule == null || includes(rule, column);
    }

    private static boolean includes(Rule rule, String column) {
        return rule.names(column) == rule.include();
    }

    /** {@return whether a table of the database could be captured: no rule leaves them all out} */
    public boolean includesAnyOf(String database) {
        return includesAny(rule -> rule.database().matches(database)
                && (rule.include() || rule.table().isAny()));
    }

    /**
     * {@return tables that stand for all that are captured: those that rules name, with {@code other} for each name
     * that is left open} For sources that have to ask whether they may read them. Which names a regular expression
     * matches cannot be told, so {@code other} stands for them.
     */
    public Set<TableId> representatives(String other) {
        Set<TableId> tables = new LinkedHashSet<>();
        Set<TableId> ofUnknown = new LinkedHashSet<>();
        tables.add(new TableId(other, other));
        for (Rule rule : rules) {
            TableId table = new TableId(
                    rule.database().representative(other), rule.table().representative(other));
            tables.add(table);
            if (rule.include() && (rule.database().isRegex() || rule.table().isRegex())) {
                ofUnknown.add(table);
            }
        }
        tables.removeIf(table -> !includes(table) && !ofUnknown.contains(table));
        return tables;
    }

    /** {@return whether any events of the table are captured, and by which rule} For people. */
    public Verdict explain(TableId table) {
        boolean included = includes(table);
        Rule rule = last(
                candidate -> candidate.isOfTables() && candidate.include() == included && candidate.matches(table));
        return verdict(included, rule, table.toString());
    }

    /** {@return whether such events of the table are captured, and by which rule} For people. */
    public Verdict explain(TableId table, Record.Kind kind) {
        return verdict(includes(table, kind), decisive(table, kind), kind + " of " + table);
    }

    /** {@return whether the column is captured, if its table is, and by which rule} For people. */
    public Verdict explainColumn(TableId table, String column) {
        return verdict(includesColumn(table, column), decisive(table, column), "column " + column + " of " + table);
    }

    private static Verdict verdict(boolean included, @Nullable Rule rule, String what) {
        return rule == null
                ? new Verdict(included, 0, "no rule matches " + what)
                : new Verdict(included, rule.number(), rule.toString());
    }

    /** {@return whether any rule is of columns} */
    public boolean hasColumnRules() {
        return rules.stream().anyMatch(rule -> !rule.isOfTables());
    }

    /** {@return what applies the rules of events and columns to rows; null if there are none} */
    public @Nullable RowFilter rowFilter() {
        return rules.stream().allMatch(rule -> rule.isOfTables() && rule.isOfAllKinds()) ? null : new RowFilter(this);
    }

    /** {@return columns that rules name as they are, of this table by its name} If it lacks one, that is suspicious. */
    List<NamePattern> columnsNamed(TableId table) {
        return rules.stream()
                .filter(rule -> rule.database().isName() && rule.table().isName() && rule.matches(table))
                .flatMap(rule -> rule.columns().stream())
                .filter(NamePattern::isName)
                .toList();
    }

    private @Nullable Rule decisive(TableId table, Record.Kind kind) {
        return last(rule -> rule.isOfTables() && rule.kinds().contains(kind) && rule.matches(table));
    }

    private @Nullable Rule decisive(TableId table, String column) {
        return last(rule -> !rule.isOfTables() && rule.matches(table) && (rule.decidesOthers() || rule.names(column)));
    }

    private @Nullable Rule last(Predicate<Rule> wanted) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            if (wanted.test(rules.get(i))) {
                return rules.get(i);
            }
        }
        return null;
    }

    /** {@return 8 hexadecimal digits that another filter hardly has} Checkpoints keep it, so that a change is noticed. */
    public String fingerprint() {
        return HexFormat.of().toHexDigits(toString().hashCode());
    }

    /** {@return one rule a line, numbered from 1} */
    @Override
    public String toString() {
        String lines = rules.isEmpty()
                ? "include *.*"
                : rules.stream().map(rule -> rule.number() + ": " + rule).collect(Collectors.joining("\n"));
        return ignoresCase ? lines + "\nignoring case" : lines;
    }

    /**
     * What a filter says of a table, an event or a column.
     *
     * @param included whether it is captured
     * @param rule number of the rule that decided, from 1; 0 if none matched
     * @param reason that rule, for people
     */
    public record Verdict(boolean included, int rule, String reason) {}

    /** Not thread-safe. */
    public static final class Builder {

        /** A rule as it was given. */
        private record Draft(
                boolean include,
                String database,
                String table,
                Set<Record.Kind> kinds,
                List<String> columns,
                boolean decidesOthers) {}

        private final List<Draft> drafts = new ArrayList<>();
        private boolean ignoreCase;

        private Builder() {}

        /**
         * Captures what matches, unless a later rule says otherwise.
         *
         * @param kinds the events that the rule is about; none for all
         */
        public Builder include(String database, String table, Record.Kind... kinds) {
            return add(true, database, table, kinds);
        }

        /**
         * Leaves out what matches, unless a later rule says otherwise.
         *
         * @param kinds the events that the rule is about; none for all
         */
        public Builder exclude(String database, String table, Record.Kind... kinds) {
            return add(false, database, table, kinds);
        }

        private Builder add(boolean include, String database, String table, Record.Kind... kinds) {
            Set<Record.Kind> set =
                    kinds.length == 0 ? EnumSet.allOf(Record.Kind.class) : EnumSet.copyOf(Arrays.asList(kinds));
            return add(include, database, table, set, List.of(), false);
        }

        /** Captures these columns, unless a later rule says otherwise: takes back what an earlier one left out. */
        public Builder includeColumns(String database, String table, String... columns) {
            return addColumns(true, database, table, columns, false);
        }

        /** Captures these columns and no others, unless a later rule says otherwise. */
        public Builder onlyColumns(String database, String table, String... columns) {
            return addColumns(true, database, table, columns, true);
        }

        /** Leaves these columns out, as if the table did not have them, unless a later rule says otherwise. */
        public Builder excludeColumns(String database, String table, String... columns) {
            return addColumns(false, database, table, columns, false);
        }

        private Builder addColumns(
                boolean include, String database, String table, String[] columns, boolean decidesOthers) {
            if (columns.length == 0) {
                throw new IllegalArgumentException("a rule of columns needs at least one");
            }
            return add(include, database, table, EnumSet.allOf(Record.Kind.class), List.of(columns), decidesOthers);
        }

        private Builder add(
                boolean include,
                String database,
                String table,
                Set<Record.Kind> kinds,
                List<String> columns,
                boolean decidesOthers) {
            Objects.requireNonNull(database, "database");
            Objects.requireNonNull(table, "table");
            drafts.add(new Draft(include, database, table, kinds, columns, decidesOthers));
            return this;
        }

        /**
         * Whether names match in whatever letter case, for servers that do not tell it apart (MySQL with
         * {@code lower_case_table_names}). Default false.
         */
        public Builder ignoreCase(boolean value) {
            this.ignoreCase = value;
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with every name that is blank or a malformed pattern */
        public TableFilter build() {
            Findings findings = new Findings();
            List<Rule> rules = new ArrayList<>();
            for (Draft draft : drafts) {
                int position = rules.size() + 1;
                String number = " of rule " + position;
                NamePattern database = pattern("database" + number, draft.database(), findings);
                NamePattern table = pattern("table" + number, draft.table(), findings);
                List<NamePattern> columns = draft.columns().stream()
                        .map(column -> pattern("column" + number, column, findings))
                        .toList();
                rules.add(new Rule(
                        position, draft.include(), database, table, draft.kinds(), columns, draft.decidesOthers()));
            }
            findings.throwIfAny("TableFilter");
            return new TableFilter(rules, ignoreCase);
        }

        private NamePattern pattern(String setting, String text, Findings findings) {
            findings.require(!text.isBlank(), setting, text, "must be a name or a pattern");
            try {
                return NamePattern.of(text, ignoreCase);
            } catch (PatternSyntaxException e) {
                findings.add(setting, "'" + text + "'", "must be a regular expression", String.valueOf(e.getMessage()));
                return NamePattern.of("*", ignoreCase);
            }
        }
    }
}
