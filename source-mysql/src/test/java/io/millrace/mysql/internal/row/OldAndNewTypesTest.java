// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.ZeroDate;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

/**
 * Types that the test server does not write: temporals before 5.6, and VECTOR of MySQL 9. The events
 * are put together by hand after MySQL's {@code rows_event.h} and {@code field.cc}.
 */
class OldAndNewTypesTest {

    private static final int VARCHAR_LATIN1 = 8;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private void write(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
    }

    private void writeName(String name) {
        write(name.length());
        bytes.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] written() {
        byte[] event = bytes.toByteArray();
        bytes.reset();
        return event;
    }

    private void beginMap(int... types) {
        write(1, 0, 0, 0, 0, 0, 1, 0);
        writeName("db");
        write(0);
        writeName("t");
        write(0, types.length);
        write(types);
    }

    private void endMap(int columns) {
        write((1 << columns) - 1);
        write(4, 2 * columns);
        for (int i = 0; i < columns; i++) {
            writeName(Character.toString('a' + i));
        }
    }

    private MySqlRow row(byte[] map, int columns, byte[] values) {
        write(1, 0, 0, 0, 0, 0, 1, 0, 2, 0, columns, (1 << columns) - 1, 0);
        bytes.writeBytes(values);
        byte[] event = written();
        RowCursor cursor =
                TableMap.parse(map, 0, map.length).decoder().rows(RowsEventType.WRITE, event, 0, event.length);
        assertThat(cursor.next()).isTrue();
        return cursor.after();
    }

    @Test
    void shouldReadTemporalsAsTheyWereBeforeFractions() {
        beginMap(TypeCode.DATETIME, TypeCode.TIMESTAMP, TypeCode.TIME, TypeCode.DATETIME, TypeCode.TIMESTAMP);
        write(0);
        endMap(5);
        byte[] map = written();
        ByteBuffer values = ByteBuffer.allocate(27).order(ByteOrder.LITTLE_ENDIAN);
        values.putLong(20241203034855L).putInt(1733197735);
        int time = -8385959;
        values.put((byte) time).put((byte) (time >> 8)).put((byte) (time >> 16));
        values.putLong(0).putInt(0);

        MySqlRow row = row(map, 5, values.array());

        ZeroDate zero = new ZeroDate(0, 0, 0, 0, 0, 0, 0);
        assertThat(row.get("a")).isEqualTo(LocalDateTime.of(2024, 12, 3, 3, 48, 55));
        assertThat(row.get("b")).isEqualTo(Instant.ofEpochSecond(1733197735));
        assertThat(row.get("c")).isEqualTo(Duration.parse("-PT838H59M59S"));
        assertThat(row.get("d")).isEqualTo(zero);
        assertThat(row.get("e")).isEqualTo(zero);
    }

    @Test
    void shouldReadVectorsAndCountThemAmongTexts() {
        beginMap(TypeCode.VECTOR, TypeCode.VARCHAR);
        write(3, 4, 10, 0);
        endMap(2);
        write(3, 2, 63, VARCHAR_LATIN1);
        write(13, 1, 3);
        byte[] map = written();
        ByteBuffer values = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
        values.putInt(12)
                .putFloat(1)
                .putFloat(-0.5f)
                .putFloat(3e10f)
                .put((byte) 1)
                .put((byte) 0xfc);

        MySqlRow row = row(map, 2, values.array());

        assertThat(row.get("a")).isEqualTo(new float[] {1, -0.5f, 3e10f});
        assertThat(row.get("b")).isEqualTo("ü");
        assertThat(row.schema().column(0).nativeType()).isEqualTo("vector(3)");
    }
}
