// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.RowImage;
import io.millrace.mysql.internal.row.RowCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.infra.Blackhole;

/** From the bytes of rows events to row images, and on to a Java object of each value. An operation is one change. */
public class RowDecodeBenchmark extends Microbenchmark {

    @Param
    public Shape shape = Shape.BULK;

    /** What capture does with every row: finds where it lies, and makes lazy views of it. */
    @Benchmark
    @OperationsPerInvocation(Shape.CHANGES)
    public void findImages(Blackhole hole) {
        List<Shape.Event> events = shape.events();
        for (int i = 0; i < events.size(); i++) {
            RowCursor rows = shape.rows(events.get(i));
            while (rows.next()) {
                hole.consume(rows.before());
                hole.consume(rows.after());
            }
        }
    }

    /** The same, and every getter: the slow way, for those who want objects. */
    @Benchmark
    @OperationsPerInvocation(Shape.CHANGES)
    public void makeObjects(Blackhole hole) {
        List<Shape.Event> events = shape.events();
        for (int i = 0; i < events.size(); i++) {
            RowCursor rows = shape.rows(events.get(i));
            while (rows.next()) {
                makeObjects(rows.before(), hole);
                makeObjects(rows.after(), hole);
            }
        }
    }

    private void makeObjects(@Nullable RowImage image, Blackhole hole) {
        if (image != null) {
            for (int column = 0; column < image.schema().size(); column++) {
                hole.consume(image.get(column));
            }
        }
    }
}
