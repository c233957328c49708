// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import io.millrace.core.Findings;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.filter.TableFilter;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A transform that lets the changes of other tables pass. */
final class ForTables implements Transform {

    private final TableFilter tables;
    private final Transform transform;

    ForTables(TableFilter tables, Transform transform) {
        this.tables = Objects.requireNonNull(tables, "tables");
        Findings findings = new Findings();
        findings.require(
                tables.rowFilter() == null,
                "tables",
                tables,
                "must have rules of tables only, not of events or columns");
        findings.throwIfAny("onlyFor");
        this.transform = transform;
    }

    @Override
    public void apply(Record record, Consumer<Record> out) {
        if (tables.includes(record.table())) {
            transform.apply(record, out);
        } else {
            out.accept(record);
        }
    }

    @Override
    public @Nullable Statement apply(Statement statement) {
        boolean isOfThem =
                !statement.tables().isEmpty() && statement.tables().stream().allMatch(tables::includes);
        return isOfThem ? transform.apply(statement) : statement;
    }

    @Override
    public String toString() {
        return transform + " for " + tables;
    }
}
