// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerSchemaTest {

    private final List<TableSchema> made = new ArrayList<>();
    private final PerSchema<Object> objects = new PerSchema<>(schema -> {
        made.add(schema);
        return new Object();
    });

    private static TableSchema schema() {
        return schema(1);
    }

    private static TableSchema schema(int width) {
        List<Column> columns = IntStream.range(0, width)
                .mapToObj(i -> Column.of("c" + i, ColumnType.LONG))
                .toList();
        return new TableSchema(new TableId("shop", "orders"), columns, List.of("c0"));
    }

    @Test
    void shouldMakeOneForEachSchema() {
        TableSchema first = schema();
        TableSchema second = schema();

        Object ofFirst = objects.get(first);
        Object ofSecond = objects.get(second);

        assertThat(ofSecond).isNotSameAs(ofFirst);
        assertThat(objects.get(first)).isSameAs(ofFirst);
        assertThat(objects.get(second)).isSameAs(ofSecond);
        assertThat(made).containsExactly(first, second);
    }

    /** A table that is altered again and again must not fill the heap. */
    @Test
    void shouldForgetWhatWasNotUsedLongest() {
        TableSchema used = schema();
        TableSchema unused = schema();
        objects.get(unused);
        for (int i = 0; i < 2_000; i++) {
            objects.get(used);
            objects.get(schema());
        }
        made.clear();

        objects.get(used);
        objects.get(unused);

        assertThat(made).containsExactly(unused);
    }

    /** Where names of fields are data, each row may have a wide schema of its own. */
    @Test
    void shouldKeepFewerWhereTheyAreWide() {
        List<TableSchema> wide =
                IntStream.range(0, 300).mapToObj(i -> schema(1_000)).toList();
        wide.forEach(objects::get);
        made.clear();

        wide.subList(250, 300).forEach(objects::get);
        assertThat(made).isEmpty();

        wide.subList(0, 250).forEach(objects::get);
        assertThat(made).hasSizeGreaterThan(150);
    }

    @Test
    void shouldMakeOneForASchemaThatIsTooLargeToBeKept() {
        TableSchema huge = schema(200_000);
        TableSchema other = schema();

        Object ofHuge = objects.get(huge);

        assertThat(objects.get(huge)).isSameAs(ofHuge);
        assertThat(objects.get(other)).isNotSameAs(ofHuge);
        assertThat(objects.get(huge)).isNotNull();
        assertThat(made).containsExactly(huge, other, huge);
    }
}
