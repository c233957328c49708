// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.TableSchema;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.EventTypes;
import io.millrace.mysql.internal.binlog.HandmadeEvent;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TableMapsTest {

    private static final int BODY = tableMap(1, "t0001", "column").end();

    private final TableFilter all = TableFilter.includeAll();
    private final TableMaps tables =
            new TableMaps(all, ServerFamily.MYSQL, InvalidText.REFUSE, TableMaps.Schemas.NONE, 10L * BODY);

    @Test
    void shouldKeepTheSchemaOfATableThatIsOpenedAnew() throws IOException {
        TableSchema schema = taken(7, "t", "column");

        assertThat(taken(7, "t", "column")).isSameAs(schema);
        assertThat(taken(8, "t", "column")).isSameAs(schema);
        taken(9, "u", "column");
        assertThat(taken(10, "t", "column")).isSameAs(schema);
        assertThat(tables.of(7)).as("its old number").isNull();
        assertThat(tables.of(8)).as("its old number").isNull();
    }

    @Test
    void shouldTellADefinitionThatHasChanged() throws IOException {
        TableSchema schema = taken(7, "t", "column");

        assertThat(taken(7, "t", "renamed").columns().get(0).name()).isEqualTo("renamed");
        assertThat(taken(8, "t", "column").columns()).isEqualTo(schema.columns());
    }

    /** A multi-table statement has all its table maps first. */
    @Test
    void shouldKeepAllTablesOfAStatementUntilItEnds() throws IOException {
        for (int number = 1; number <= 30; number++) {
            taken(number, name(number), "column");
        }

        for (int number = 1; number <= 30; number++) {
            TableMaps.Entry entry = Objects.requireNonNull(tables.of(number), "table " + number);
            assertThat(Objects.requireNonNull(entry.map()).table().name()).isEqualTo(name(number));
        }
        tables.endStatement();
        assertThat(tables.of(1)).isNull();
        assertThat(tables.of(19)).isNull();
        assertThat(tables.of(20)).isNotNull();
        assertThat(tables.of(29)).isNotNull();
    }

    @Test
    void shouldForgetTheTablesThatWereNotAskedForLongest() throws IOException {
        TableSchema busy = taken(1, name(1), "column");
        for (int number = 2; number <= 1_000; number++) {
            taken(number, name(number), "column");
            tables.endStatement();
            assertThat(taken(1, name(1), "column")).isSameAs(busy);
            tables.endStatement();
        }

        assertThat(tables.of(990)).isNull();
        assertThat(tables.of(992)).isNotNull();
    }

    @Test
    void shouldTellTablesApartThatGetEachOthersNumbers() throws IOException {
        taken(1, name(1), "one");
        taken(2, name(2), "two");

        assertThat(taken(2, name(1), "one").columns().get(0).name()).isEqualTo("one");
        assertThat(taken(1, name(2), "two").columns().get(0).name()).isEqualTo("two");
        assertThat(taken(3, name(1), "one").columns().get(0).name()).isEqualTo("one");
        assertThat(tables.of(2)).isNull();
        assertThat(tables.of(1)).isNotNull();
    }

    private TableSchema taken(int number, String table, String column) throws IOException {
        tables.take(tableMap(number, table, column));
        TableMaps.Entry entry = Objects.requireNonNull(tables.of(number));
        return Objects.requireNonNull(entry.map()).schema();
    }

    private static String name(int number) {
        return "t%04d".formatted(number);
    }

    /** {@return the table map of a table of one INT column} */
    private static BinlogEvent tableMap(int number, String table, String column) {
        byte[] name = table.getBytes(StandardCharsets.US_ASCII);
        byte[] named = column.getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[8 + 4 + 2 + name.length + 4 + 3 + 3 + named.length];
        int at = 0;
        for (; at < 6; at++) {
            body[at] = (byte) (number >>> 8 * Math.min(at, 3));
        }
        at = put(body, 8, 2, 'd', 'b', 0, name.length);
        System.arraycopy(name, 0, body, at, name.length);
        // A zero, the number of columns, their types, the length of their metadata, which may be null.
        at = put(body, at + name.length, 0, 1, 3, 0, 1);
        // Signs, and names.
        at = put(body, at, 1, 1, 0, 4, named.length + 1, named.length);
        System.arraycopy(named, 0, body, at, named.length);
        return HandmadeEvent.of(EventTypes.TABLE_MAP, body);
    }

    private static int put(byte[] into, int offset, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            into[offset + i] = (byte) bytes[i];
        }
        return offset + bytes.length;
    }
}
