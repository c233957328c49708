// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerSchemaTest {

    private final List<TableSchema> made = new ArrayList<>();
    private final PerSchema<Object> objects = new PerSchema<>(schema -> {
        made.add(schema);
        return new Object();
    });

    private static TableSchema schema() {
        return new TableSchema(new TableId("shop", "orders"), List.of(Column.of("id", ColumnType.LONG)), List.of("id"));
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
}
