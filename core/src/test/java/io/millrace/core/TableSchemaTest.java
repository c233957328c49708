// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.NativeJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TableSchemaTest {

    private static final TableId TABLE = new TableId("test", "people");

    @Nested
    class KeyInAColumn {

        private static final List<Column> COLUMNS = List.of(
                Column.of("_id", ColumnType.JSON),
                Column.of("documentKey", ColumnType.JSON),
                Column.of("size", ColumnType.LONG));
        private static final TableSchema SCHEMA =
                TableSchema.ofDocuments(TABLE, COLUMNS, List.of("_id"), "documentKey");
        private static final RowImage ROW =
                RowImage.of(SCHEMA, Map.of("_id", "{\"token\":1}", "documentKey", "{\"_id\":7}", "size", 3L));

        @Test
        void shouldNameTheFieldsOfTheKeyAndPointToTheColumnThatHoldsThem() {
            assertThat(SCHEMA.primaryKey()).containsExactly("_id");
            assertThat(SCHEMA.keyColumns()).containsExactly("documentKey");
            assertThat(SCHEMA.primaryKeyIndexes()).containsExactly(1);
            assertThat(SCHEMA.hasKeyDocument()).isTrue();
        }

        @Test
        void shouldWriteTheObjectAsTheKey() {
            assertThat(key(ROW)).isEqualTo("{\"_id\":7}");
        }

        @Test
        void shouldKeepTheKeyThroughEdits() {
            assertThat(key(ROW.with("added", "x"))).isEqualTo("{\"_id\":7}");
            assertThat(key(ROW.with("size", "three"))).isEqualTo("{\"_id\":7}");
            assertThat(key(ROW.without("_id"))).isEqualTo("{\"_id\":7}");
            assertThat(key(ROW.rename("_id", "token"))).isEqualTo("{\"_id\":7}");
            assertThat(key(ROW.rename("documentKey", "key"))).isEqualTo("{\"_id\":7}");
            assertThat(key(ROW.with("documentKey", "{\"_id\":8}"))).isEqualTo("{\"_id\":8}");
        }

        @Test
        void shouldLoseTheKeyWithTheColumnThatHoldsIt() {
            TableSchema without = ROW.without("documentKey").schema();

            assertThat(without.primaryKey()).isEmpty();
            assertThat(without.keyColumns()).isEmpty();
            assertThat(without.hasKeyDocument()).isFalse();
        }

        @Test
        void shouldFindTheKeyOfARowOfAnotherShape() {
            JsonBuffer out = new JsonBuffer();

            NativeJson.INSTANCE.forTable(SCHEMA).writeKey(ROW.without("_id"), out);

            assertThat(out).hasToString("{\"_id\":7}");
        }

        @Test
        void shouldSayThatTheKeyIsAbsent() {
            RowImage row = RowImage.of(SCHEMA, Map.of("size", 3L));

            assertThatThrownBy(() -> key(row)).isInstanceOf(AbsentValueException.class);
        }

        @Test
        void shouldRefuseAKeyThatIsNoObject() {
            assertThatThrownBy(() -> TableSchema.ofDocuments(TABLE, COLUMNS, List.of("_id"), "size"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("size must be JSON");
            assertThatThrownBy(() -> TableSchema.ofDocuments(TABLE, COLUMNS, List.of("_id"), "missing"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no column missing");
        }

        private static String key(RowImage row) {
            JsonBuffer out = new JsonBuffer();
            NativeJson.INSTANCE.forTable(row.schema()).writeKey(row, out);
            return out.toString();
        }
    }

    @Test
    void shouldRememberWhatWasMadeOfItButNotWithoutEnd() {
        TableSchema schema = new TableSchema(
                new TableId("shop", "orders"), List.of(Column.of("id", ColumnType.LONG)), List.of("id"));
        Column more = Column.of("more", ColumnType.STRING);

        assertThat(schema.plus(more)).isSameAs(schema.plus(more));
        assertThat(schema.plus(more).isShared()).isTrue();
        assertThat(schema.of(new TableId("a", "b"))).isSameAs(schema.of(new TableId("a", "b")));
        for (int i = 0; i < 10_000; i++) {
            schema.plus(Column.of("c" + i, ColumnType.STRING));
        }
        Column last = Column.of("last", ColumnType.STRING);
        assertThat(schema.plus(last)).isNotSameAs(schema.plus(last));
        assertThat(schema.plus(last).isShared()).isFalse();
        assertThat(schema.plus(more)).isSameAs(schema.plus(more));
    }
}
