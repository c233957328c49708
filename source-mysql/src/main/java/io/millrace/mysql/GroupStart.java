// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.mysql.MySqlTransaction.Gtid;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.EventTypes;
import io.millrace.mysql.internal.binlog.MariaDbGtid;
import io.millrace.mysql.internal.binlog.MariaDbGtid.Form;
import io.millrace.mysql.internal.binlog.TaggedGtid;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What the event says by which a group begins.
 *
 * @param commitTimestampMicros when it was committed first, since the epoch; 0 if that is not told
 * @param form what follows; MySQL has a statement first in any case
 * @param xid of an XA transaction that MariaDB prepares; otherwise empty
 */
record GroupStart(Gtid gtid, long commitTimestampMicros, Form form, String xid) {

    /** Reads such events, one after the other. Used by the capture thread. */
    static final class Reader {

        // The last answers, which are nearly always the next as well.
        private byte[] lastUuid = new byte[16];
        private String lastUuidText = "00000000-0000-0000-0000-000000000000";
        private long lastDomain;
        private long lastServer;
        private String lastDomainAndServer = "0-0-";

        /** Layout: MySQL's {@code control_events.h}, Gtid_event; {@link TaggedGtid} and {@link MariaDbGtid} have others. */
        GroupStart read(BinlogEvent event) {
            return switch (event.type()) {
                case EventTypes.GTID_TAGGED -> {
                    TaggedGtid tagged = TaggedGtid.of(event);
                    yield new GroupStart(
                            new Gtid(tagged.source(), tagged.number()), tagged.commitMicros(), Form.STATEMENT, "");
                }
                case EventTypes.GTID ->
                    new GroupStart(
                            new Gtid(uuid(event.bytes(), 1), event.number(17, 8)),
                            commitMicros(event),
                            Form.STATEMENT,
                            "");
                case EventTypes.MARIADB_GTID -> ofMariaDb(MariaDbGtid.of(event));
                default -> new GroupStart(Gtid.ANONYMOUS, commitMicros(event), Form.STATEMENT, "");
            };
        }

        private GroupStart ofMariaDb(MariaDbGtid event) {
            if (event.domain() != lastDomain || event.server() != lastServer) {
                lastDomain = event.domain();
                lastServer = event.server();
                lastDomainAndServer = lastDomain + "-" + lastServer + "-";
            }
            return new GroupStart(new Gtid(lastDomainAndServer, event.number()), 0, event.form(), event.xid());
        }

        private static long commitMicros(BinlogEvent event) {
            int timestamps = 42;
            if (event.end() < timestamps + 7) {
                return 0;
            }
            long immediate = event.number(timestamps, 7);
            boolean hasOriginal = (immediate & 1L << 55) != 0;
            return hasOriginal ? event.number(timestamps + 7, 7) : immediate & ~(1L << 55);
        }

        /** {@return the UUID that the 16 bytes are, as text; the same instance while it is the same} */
        private String uuid(byte[] bytes, int from) {
            if (!Arrays.equals(lastUuid, 0, 16, bytes, from, from + 16)) {
                lastUuid = Arrays.copyOfRange(bytes, from, from + 16);
                String hex = HexFormat.of().formatHex(lastUuid);
                lastUuidText = hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                        + hex.substring(16, 20) + "-" + hex.substring(20);
            }
            return lastUuidText;
        }
    }
}
