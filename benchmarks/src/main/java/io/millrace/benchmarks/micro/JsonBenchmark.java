// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.Record;
import io.millrace.core.format.CanalJson;
import io.millrace.core.format.DebeziumJson;
import io.millrace.core.format.Format;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.MaxwellJson;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.PlainRow;
import io.millrace.core.format.TableFormat;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** From records, which are views of the events' bytes, to JSON. An operation is one record. */
public class JsonBenchmark extends Microbenchmark {

    /** The formats as they are without options, but for Debezium's, which is without the schema too. */
    public enum Form {
        NATIVE(NativeJson.INSTANCE),
        DEBEZIUM(DebeziumJson.builder("shop").valueSchema(false).build()),
        DEBEZIUM_WITH_SCHEMA(DebeziumJson.builder("shop").build()),
        MAXWELL(MaxwellJson.builder().build()),
        CANAL(CanalJson.builder().build()),
        PLAIN(PlainRow.builder().build());

        final Format format;

        Form(Format format) {
            this.format = format;
        }
    }

    @Param
    public Shape shape = Shape.BULK;

    @Param
    public Form form = Form.NATIVE;

    private final JsonBuffer json = new JsonBuffer();
    private TableFormat format = NativeJson.INSTANCE.forTable(shape.schema());

    @Setup
    public void forShape() {
        format = form.format.forTable(shape.schema());
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
