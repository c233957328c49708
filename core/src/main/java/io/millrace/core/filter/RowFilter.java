// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import io.millrace.core.Column;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.format.PerSchema;
import io.millrace.core.internal.row.EditedRow;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a filter's rules of events and columns to the rows of tables that are captured. Used by the
 * capture thread, before anybody else sees a record.
 */
public final class RowFilter {

    private static final Logger LOG = LoggerFactory.getLogger(TableFilter.class);

    private final TableFilter filter;
    private final PerSchema<Plan> plans = new PerSchema<>(this::plan);
    /** Columns of which it was said that they are not there. */
    private final Set<String> told = new HashSet<>();

    RowFilter(TableFilter filter) {
        this.filter = filter;
    }

    /** @param columns indexes of the columns that are kept; null if all are */
    private record Plan(Set<Record.Kind> kinds, TableSchema kept, int @Nullable [] columns) {

        @Nullable RowImage apply(@Nullable RowImage row) {
            return row == null || columns == null ? row : EditedRow.of(row, kept, columns);
        }
    }

    /**
     * {@return the record without the columns that are left out; null if it is left out itself}
     *
     * @throws PermanentException if a rule leaves out a column of the primary key
     */
    public @Nullable Record apply(Record record) {
        Plan plan = plans.get(record.schema());
        if (!plan.kinds().contains(record.kind())) {
            return null;
        }
        RowImage before = record.before();
        RowImage after = record.after();
        RowImage keptBefore = before == null ? null : plans.get(before.schema()).apply(before);
        RowImage keptAfter = plan.apply(after);
        return keptBefore == before && keptAfter == after ? record : record.withImages(keptBefore, keptAfter);
    }

    private Plan plan(TableSchema schema) {
        TableId table = schema.table();
        Set<Record.Kind> kinds = EnumSet.allOf(Record.Kind.class);
        kinds.removeIf(kind -> !filter.includes(table, kind));
        for (NamePattern name : filter.columnsNamed(table)) {
            boolean isThere = schema.columns().stream().anyMatch(column -> name.matches(column.name()));
            if (!isThere && told.add(table + "." + name)) {
                LOG.warn("{} has no column {}, which a rule of the filter names", table, name);
            }
        }
        List<Column> columns = new ArrayList<>();
        int[] kept = IntStream.range(0, schema.size())
                .filter(i -> filter.includesColumn(table, schema.column(i).name()))
                .peek(i -> columns.add(schema.column(i)))
                .toArray();
        if (kept.length == schema.size()) {
            return new Plan(kinds, schema, null);
        }
        for (String key : schema.keyColumns()) {
            if (!filter.includesColumn(table, key)) {
                throw new PermanentException(
                        "rule %d of the filter (%s) leaves out column %s, which is of the primary key of %s: its rows could not be told apart. Include it, or exclude the table."
                                .formatted(
                                        filter.explainColumn(table, key).rule(),
                                        filter.explainColumn(table, key).reason(),
                                        key,
                                        table),
                        null);
            }
        }
        return new Plan(kinds, schema.keeping(columns), kept);
    }
}
