// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.filter.RowFilter;
import io.millrace.core.filter.TableFilter;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets the records of some tables pass and drops all others, for a target that is to have fewer tables
 * than the pipeline; rules of events and columns are applied as well. A statement passes that names one
 * of the tables, or none. Where no target wants a table, leave it out by
 * {@link io.millrace.core.PipelineOptions.Builder#filter}: then it costs no decoding.
 */
public final class TablesOnly implements Transform {

    private final TableFilter filter;
    /** For each thread its own; null if there are only rules of tables. */
    private final ThreadLocal<@Nullable RowFilter> rows;

    /** @param filter which tables */
    public TablesOnly(TableFilter filter) {
        this.filter = Objects.requireNonNull(filter, "filter");
        this.rows = ThreadLocal.withInitial(filter::rowFilter);
    }

    /** {@return which tables} */
    public TableFilter filter() {
        return filter;
    }

    @Override
    public void apply(Record record, Consumer<Record> out) {
        if (filter.includes(record.table())) {
            RowFilter ofRows = rows.get();
            Record passed = ofRows == null ? record : ofRows.apply(record);
            if (passed != null) {
                out.accept(passed);
            }
        }
    }

    @Override
    public @Nullable Statement apply(Statement statement) {
        boolean mayPass =
                statement.tables().isEmpty() || statement.tables().stream().anyMatch(filter::includes);
        return mayPass ? statement : null;
    }

    @Override
    public String toString() {
        return "tables " + filter;
    }
}
