// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.Record;
import io.millrace.core.format.TableTemplate;
import io.millrace.core.format.Template;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.infra.Blackhole;

/** What names a record's topic and key. An operation is one record. */
public class TemplateBenchmark extends Microbenchmark {

    private final TableTemplate topic = forTable("%{/schema_name}.%{/table_name}");
    private final TableTemplate key = forTable("%{/schema_name}.%{/table_name}:%{/record/id}");

    private static TableTemplate forTable(String template) {
        return Template.compile(template).forTable(Shape.BULK.schema());
    }

    /** The same for all records of a table: one look at what is cached. */
    @Benchmark
    @OperationsPerInvocation(Shape.CHANGES)
    public void topic(Blackhole hole) {
        evaluate(topic, hole);
    }

    /** With a value of the row. */
    @Benchmark
    @OperationsPerInvocation(Shape.CHANGES)
    public void key(Blackhole hole) {
        evaluate(key, hole);
    }

    private static void evaluate(TableTemplate template, Blackhole hole) {
        List<Record> records = Shape.BULK.records();
        for (int i = 0; i < records.size(); i++) {
            hole.consume(template.textFor(records.get(i)));
        }
    }
}
