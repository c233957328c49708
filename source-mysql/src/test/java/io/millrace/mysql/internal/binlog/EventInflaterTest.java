// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.UnreadableEventException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventInflaterTest {

    private final EventInflater inflater = new EventInflater();

    @AfterEach
    void close() {
        inflater.close();
    }

    /** @param lengthBytes how many bytes tell the length */
    private static byte[] compressed(byte[] head, byte[] tail, int lengthBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        out.write(0x80 | lengthBytes);
        for (int i = lengthBytes - 1; i >= 0; i--) {
            out.write(tail.length >>> 8 * i);
        }
        Deflater deflater = new Deflater();
        deflater.setInput(tail);
        deflater.finish();
        byte[] buffer = new byte[tail.length + 100];
        out.write(buffer, 0, deflater.deflate(buffer));
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] plain(BinlogEvent event) {
        return Arrays.copyOf(event.bytes(), event.end());
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        byte[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    private static byte[] text(int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) (i * 31 >>> 3);
        }
        return text;
    }

    @ParameterizedTest
    @CsvSource({"166, 23, 9, 1", "167, 24, 9, 4", "168, 25, 3, 2", "169, 30, 9, 3", "170, 31, 9, 2", "171, 32, 17, 1"})
    void shouldMakeRowsPlain(int type, int plainType, int columns, int lengthBytes) {
        int images = plainType == 24 || plainType == 31 ? 2 : 1;
        int extra = plainType >= 30 ? 2 : 0;
        byte[] head = new byte[8 + extra + 1 + images * ((columns + 7) / 8)];
        if (extra > 0) {
            head[8] = 2;
        }
        head[8 + extra] = (byte) columns;
        byte[] rows = text(lengthBytes == 1 ? 200 : 300);
        BinlogEvent event = HandmadeEvent.of(type, compressed(head, rows, lengthBytes));

        assertThat(EventInflater.plainLength(event)).isEqualTo(head.length + rows.length);
        inflater.inflate(event, "here");

        assertThat(event.type()).isEqualTo(plainType);
        assertThat(plain(event)).isEqualTo(concat(head, rows));
    }

    @Test
    void shouldReadTheNumberOfManyColumns() {
        byte[] head = new byte[8 + 3 + 128];
        head[8] = (byte) 0xfc;
        head[10] = 4;
        BinlogEvent event = HandmadeEvent.of(EventTypes.WRITE_ROWS_COMPRESSED_V1, compressed(head, text(500), 2));

        inflater.inflate(event, "here");

        assertThat(plain(event)).isEqualTo(concat(head, text(500)));
    }

    @Test
    void shouldMakeAStatementPlain() {
        byte[] head = new byte[13 + 5 + 2 + 1];
        head[8] = 2;
        head[11] = 5;
        BinlogEvent event = HandmadeEvent.of(EventTypes.QUERY_COMPRESSED, compressed(head, text(260), 2));

        inflater.inflate(event, "here");

        assertThat(event.type()).isEqualTo(EventTypes.QUERY);
        assertThat(plain(event)).isEqualTo(concat(head, text(260)));
    }

    @ParameterizedTest
    @CsvSource({"0, 0x00", "0, 0x92", "0, 0x80", "0, 0x85", "1, 0x7f", "2, 0x01", "9, 0x55"})
    void shouldRefuseWhatIsDamaged(int at, String value) {
        byte[] head = new byte[10];
        head[8] = 3;
        byte[] body = compressed(head, text(300), 2);
        body[head.length + at] = (byte) (int) Integer.decode(value);
        BinlogEvent event = HandmadeEvent.of(EventTypes.WRITE_ROWS_COMPRESSED_V1, body);

        assertThatThrownBy(() -> inflater.inflate(event, "here"))
                .isInstanceOfAny(UnreadableEventException.class, IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseWhatIsCutOff() {
        byte[] head = new byte[10];
        head[8] = 3;
        byte[] body = compressed(head, text(300), 2);
        for (int end = 0; end < body.length; end++) {
            BinlogEvent event = HandmadeEvent.of(EventTypes.WRITE_ROWS_COMPRESSED_V1, Arrays.copyOf(body, end));

            assertThatThrownBy(() -> inflater.inflate(event, "here"))
                    .as("%d bytes", end)
                    .isInstanceOfAny(UnreadableEventException.class, IndexOutOfBoundsException.class);
        }
    }
}
