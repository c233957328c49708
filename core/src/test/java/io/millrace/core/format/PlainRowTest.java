// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static io.millrace.core.format.FormatSamples.GTID;
import static io.millrace.core.format.FormatSamples.json;
import static io.millrace.core.format.FormatSamples.key;
import static io.millrace.core.format.FormatSamples.row;
import static io.millrace.core.format.FormatSamples.source;
import static io.millrace.core.format.FormatSamples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainRowTest {

    private static final SourceInfo SOURCE = source("orders", "binlog.000007", 484, GTID, 1_589_373_560, 0);
    private static final TableSchema ORDERS = new TableSchema(
            new TableId("shop", "orders"),
            List.of(Column.of("id", ColumnType.INT), Column.of("name", ColumnType.STRING)),
            List.of("id"));
    private static final RowImage ROW = row(ORDERS, Map.of("id", 1, "name", "a"));
    private static final Record INSERT = new Record(Record.Kind.INSERT, null, ROW, SOURCE, 0);
    private static final Record DELETE = new Record(Record.Kind.DELETE, ROW, null, SOURCE, 0);

    private static PlainRow format(PlainRow.Deletes deletes) {
        return PlainRow.builder().deletes(deletes).build();
    }

    @Test
    void shouldBeTheRowAlone() {
        assertThat(write(PlainRow.builder().build(), INSERT)).isEqualTo(json("{\"id\":1,\"name\":\"a\"}"));
        assertThat(key(PlainRow.builder().build(), ROW)).isEqualTo("{\"id\":1}");
    }

    @Test
    void shouldTellADeleteByOption() {
        assertThat(write(format(PlainRow.Deletes.NULL), DELETE).isNull()).isTrue();
        assertThat(write(format(PlainRow.Deletes.ROW), DELETE)).isEqualTo(json("{\"id\":1,\"name\":\"a\"}"));
        assertThat(write(format(PlainRow.Deletes.MARKED), DELETE))
                .isEqualTo(json("{\"id\":1,\"name\":\"a\",\"__deleted\":\"true\"}"));
        assertThat(write(format(PlainRow.Deletes.MARKED), INSERT))
                .isEqualTo(json("{\"id\":1,\"name\":\"a\",\"__deleted\":\"false\"}"));
    }

    @Test
    void shouldRefuseWhatItCannotTell() {
        PlainRow format = PlainRow.builder().build();
        Statement truncate =
                new Statement(Statement.Kind.TRUNCATE_TABLE, "shop", List.of(ORDERS.table()), "TRUNCATE", SOURCE, 0);
        TableSchema keyless = new TableSchema(ORDERS.table(), ORDERS.columns(), List.of());
        Record delete = new Record(Record.Kind.DELETE, row(keyless, Map.of("id", 1)), null, SOURCE, 0);

        assertThatThrownBy(() -> write(format, truncate))
                .isInstanceOf(ChangeRejectedException.class)
                .hasMessageContaining("TRUNCATE_TABLE");
        assertThatThrownBy(() -> write(format, delete))
                .isInstanceOf(ChangeRejectedException.class)
                .hasMessageContaining("shop.orders has no primary key");
    }
}
