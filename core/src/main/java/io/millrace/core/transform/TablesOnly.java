// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.filter.TableFilter;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets the records of some tables pass and drops all others: for a target that is to have fewer tables
 * than the pipeline. A statement passes that names one of them, or no table. Where no target wants a
 * table, leave it out by {@link io.millrace.core.PipelineOptions.Builder#filter}: then it costs no decoding.
 *
 * @param filter which tables
 */
public record TablesOnly(TableFilter filter) implements Transform {

    public TablesOnly {
        Objects.requireNonNull(filter, "filter");
    }

    @Override
    public void apply(Record record, Consumer<Record> out) {
        if (filter.includes(record.table())) {
            out.accept(record);
        }
    }

    @Override
    public @Nullable Statement apply(Statement statement) {
        boolean mayPass =
                statement.tables().isEmpty() || statement.tables().stream().anyMatch(filter::includes);
        return mayPass ? statement : null;
    }
}
