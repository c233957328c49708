// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.NativeHeader;
import java.nio.charset.StandardCharsets;

/**
 * The header of a binlog event, as records carry it. Immutable.
 *
 * @param timestamp seconds since the epoch
 * @param eventType the type's code
 * @param serverId id of the server that first logged it
 * @param eventLength bytes with header and checksum
 * @param nextEventPosition low 32 bits of the offset after it
 * @param eventFlags as logged
 */
public record BinlogEventHeader(
        long timestamp, int eventType, long serverId, long eventLength, long nextEventPosition, int eventFlags)
        implements NativeHeader {

    /** {@return {@code mysql_binlog_headers}} */
    @Override
    public String name() {
        return "mysql_binlog_headers";
    }

    @Override
    public byte[] json() {
        String json = "{\"timestamp\":" + timestamp + ",\"event_type\":" + eventType + ",\"server_id\":" + serverId
                + ",\"event_length\":" + eventLength + ",\"next_event_position\":" + nextEventPosition
                + ",\"event_flags\":" + eventFlags + "}";
        return json.getBytes(StandardCharsets.US_ASCII);
    }
}
