// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Lets rows pass for those of another table, and with them all that is named after the table: topics,
 * keys, channels. So the rows of {@code orders_01} to {@code orders_64} can go on as {@code orders}.
 *
 * <p>The tables that a statement is said to be about are renamed alike; its text stays as it was logged.
 * A statement that empties or drops one of them fails: of one table of several that go on under one name
 * it must not reach the others. See {@link #oneToOne}.
 */
public final class Route implements Transform {

    private final UnaryOperator<TableId> names;
    private final String description;
    private final boolean isOneToOne;

    private Route(UnaryOperator<TableId> names, String description, boolean isOneToOne) {
        this.names = names;
        this.description = description;
        this.isOneToOne = isOneToOne;
    }

    /** {@return the transform that gives each table the name that {@code names} answers for it} */
    public static Route tables(UnaryOperator<TableId> names) {
        return new Route(Objects.requireNonNull(names, "names"), "route", false);
    }

    /**
     * {@return the transform that renames tables whose {@code database.table} matches}
     *
     * @param pattern a {@linkplain Pattern regular expression} for the whole of {@code database.table}
     * @param replacement the new {@code database.table}, in which {@code $1} stands for a group
     * @throws IllegalArgumentException if the pattern is malformed
     */
    public static Route matching(String pattern, String replacement) {
        Pattern regex;
        try {
            regex = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("route: " + e.getMessage(), e);
        }
        Objects.requireNonNull(replacement, "replacement");
        return new Route(
                table -> {
                    Matcher matcher = regex.matcher(table.toString());
                    return matcher.matches() ? parsed(matcher.replaceFirst(replacement)) : table;
                },
                "route " + pattern + " to " + replacement,
                false);
    }

    /** {@return this transform where no two tables get the same name: statements that empty or drop one pass} */
    public Route oneToOne() {
        return new Route(names, description, true);
    }

    private static TableId parsed(String name) {
        int dot = name.indexOf('.');
        if (dot <= 0 || dot == name.length() - 1) {
            throw new IllegalArgumentException("'" + name + "' is not of the form database.table");
        }
        return new TableId(name.substring(0, dot), name.substring(dot + 1));
    }

    @Override
    public void apply(Record record, Consumer<Record> out) {
        TableId table = record.table();
        TableId other = names.apply(table);
        out.accept(
                other.equals(table)
                        ? record
                        : record.withImages(moved(record.before(), other), moved(record.after(), other)));
    }

    private static @Nullable RowImage moved(@Nullable RowImage row, TableId table) {
        return row == null ? null : row.inTable(table);
    }

    @Override
    public Statement apply(Statement statement) {
        List<TableId> renamed = statement.tables().stream().map(names).toList();
        boolean removesRows = statement.changesData() || statement.kind() == Statement.Kind.DROP_TABLE;
        if (removesRows && !isOneToOne && !renamed.equals(statement.tables())) {
            throw new IllegalArgumentException(
                    "%s of %s would reach all tables that go on as %s; if no two do so, set oneToOne"
                            .formatted(statement.kind(), statement.tables(), renamed));
        }
        return statement.withTables(renamed);
    }

    @Override
    public String toString() {
        return description;
    }
}
