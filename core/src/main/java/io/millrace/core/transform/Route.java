// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
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
 * The tables that a statement is said to be about are renamed alike; its text stays as it was logged.
 */
public final class Route implements Transform {

    private final UnaryOperator<TableId> names;
    private final String description;

    private Route(UnaryOperator<TableId> names, String description) {
        this.names = names;
        this.description = description;
    }

    /** {@return the transform that gives each table the name that {@code names} answers for it} */
    public static Route tables(UnaryOperator<TableId> names) {
        return new Route(Objects.requireNonNull(names, "names"), "route");
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
                "route " + pattern + " to " + replacement);
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
        return statement.withTables(statement.tables().stream().map(names).toList());
    }

    @Override
    public String toString() {
        return description;
    }
}
