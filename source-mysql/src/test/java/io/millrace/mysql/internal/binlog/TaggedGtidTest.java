// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * No server that can be started by the testkit writes tagged GTIDs: the events are made as MySQL's
 * library of serialization describes them ({@code libs/mysql/serialization/readme.md}).
 */
class TaggedGtidTest {

    private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    private final ByteArrayOutputStream fields = new ByteArrayOutputStream();

    @Test
    void shouldReadATaggedGtid() {
        TaggedGtid gtid = TaggedGtid.of(event("blue", 300, 1_700_000_000_123_456L, 0));

        assertThat(gtid).isEqualTo(new TaggedGtid(UUID + ":blue", 300, 1_700_000_000_123_456L));
    }

    @Test
    void shouldTellWhenItWasCommittedFirst() {
        TaggedGtid gtid = TaggedGtid.of(event("t", 1, 1_700_000_000_123_456L, 1_600_000_000_000_000L));

        assertThat(gtid.commitMicros()).isEqualTo(1_600_000_000_000_000L);
    }

    @Test
    void shouldRefuseWhatIsCutOff() {
        BinlogEvent whole = event("blue", 300, 1_700_000_000_123_456L, 0);
        for (int end = 0; end < 30; end++) {
            whole.end = end;
            assertThatThrownBy(() -> TaggedGtid.of(whole))
                    .as("cut off at %d", end)
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    // ---- the format

    private BinlogEvent event(String tag, long number, long immediate, long original) {
        fields.reset();
        unsigned(0, 1);
        field(1);
        for (byte b : HexFormat.of().parseHex(UUID.replace("-", ""))) {
            number(b & 0xff);
        }
        unsigned(2, 2 * number);
        field(3);
        byte[] name = tag.getBytes(StandardCharsets.UTF_8);
        number(name.length);
        fields.writeBytes(name);
        unsigned(4, 0);
        unsigned(5, 2);
        unsigned(6, immediate);
        if (original != 0) {
            unsigned(7, original);
        }
        unsigned(8, 500);
        unsigned(9, 80_300);
        byte[] body = fields.toByteArray();
        fields.reset();
        number(1);
        int header = 3 + (body.length > 124 ? 1 : 0);
        number(body.length + header);
        number(0);
        fields.writeBytes(body);

        BinlogEvent event = new BinlogEvent();
        event.type = EventTypes.GTID_TAGGED;
        event.bytes = Arrays.copyOf(fields.toByteArray(), fields.size() + 7);
        event.end = fields.size();
        return event;
    }

    private void unsigned(int field, long value) {
        field(field);
        number(value);
    }

    private void field(int id) {
        number(id);
    }

    /** As many ones as further bytes follow, a zero, and then the number, the lowest bits first. */
    private void number(long value) {
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(value));
        int bytes = bits > 56 ? 9 : (bits + 6) / 7;
        if (bytes == 9) {
            fields.write(0xff);
        } else {
            value = value << bytes | (1L << bytes - 1) - 1;
        }
        for (int i = 0; i < Math.min(bytes, 8); i++) {
            fields.write((int) (value >>> 8 * i));
        }
    }
}
