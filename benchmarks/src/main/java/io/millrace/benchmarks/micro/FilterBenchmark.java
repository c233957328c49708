// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Whether a table is captured: everything is left out but for some tables by name. It is asked once for each new
 * table map, not for each row.
 */
public class FilterBenchmark extends Microbenchmark {

    /** How many tables are captured, of which the one that is asked for is the first: the last that is looked at. */
    @Param({"1", "100"})
    public int tables = 1;

    /** As a table map tells it: its strings are not the filter's. */
    private final TableId captured = Shape.BULK.schema().table();

    private final TableId leftOut = new TableId(captured.database(), "other_bulk");
    private TableFilter filter = TableFilter.includeAll();

    @Setup
    public void make() {
        TableFilter.Builder rules = TableFilter.builder().exclude("*", "*").include("bench", "bulk");
        for (int i = 1; i < tables; i++) {
            rules.include("bench", "table_" + i);
        }
        filter = rules.build();
    }

    @Benchmark
    public boolean captured() {
        return filter.includes(captured);
    }

    @Benchmark
    public boolean leftOut() {
        return filter.includes(leftOut);
    }
}
