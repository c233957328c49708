// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.Record;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.TableFormat;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** From records, which are views of the events' bytes, to native JSON. An operation is one record. */
public class JsonBenchmark extends Microbenchmark {

    @Param
    public Shape shape = Shape.BULK;

    private final JsonBuffer json = new JsonBuffer();
    private TableFormat format = NativeJson.INSTANCE.forTable(shape.schema());

    @Setup
    public void forShape() {
        format = NativeJson.INSTANCE.forTable(shape.schema());
    }

    @Benchmark
    @OperationsPerInvocation(Shape.CHANGES)
    public void encode(Blackhole hole) {
        List<Record> records = shape.records();
        for (int i = 0; i < records.size(); i++) {
            json.clear();
            format.write(records.get(i), json);
            hole.consume(json.length());
        }
    }
}
