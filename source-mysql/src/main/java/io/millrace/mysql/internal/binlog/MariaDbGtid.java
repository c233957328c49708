// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.util.HexFormat;

/**
 * What MariaDB's GTID_EVENT says of the group that it begins.
 *
 * <p>Layout: MariaDB's documentation, "GTID_EVENT", and {@code log_event.cc}, Gtid_log_event: number 8, domain 4,
 * flags 1; the id of the group commit 8, if flagged; the XA transaction's id, if flagged; more flags 1, if the event
 * does not end before.
 *
 * @param form what follows
 * @param xid of an XA transaction, as statements write it; otherwise empty
 */
public record MariaDbGtid(long domain, long server, long number, Form form, String xid) {

    /** What follows the event. */
    public enum Form {
        /** Rows and statements, and the end of the transaction. */
        TRANSACTION,
        /** One statement, which is the group; it may be the one that ends an XA transaction. */
        STATEMENT,
        /** The first half of ALTER TABLE ({@code binlog_alter_two_phase}), or that it was undone: a statement. */
        UNDONE_STATEMENT,
        /** The changes of an XA transaction, and that it is prepared. */
        XA_PREPARE
    }

    private static final int STANDALONE = 1;
    private static final int GROUP_COMMIT_ID = 2;
    private static final int PREPARED_XA = 64;
    private static final int COMPLETED_XA = 128;

    // Of the flags that may follow.
    private static final int START_ALTER = 2;
    private static final int ROLLBACK_ALTER = 8;

    private static final int FLAGS = 12;

    /** @throws IndexOutOfBoundsException if the event is damaged */
    public static MariaDbGtid of(BinlogEvent event) {
        int flags = (int) event.number(FLAGS, 1);
        int at = FLAGS + 1;
        if ((flags & GROUP_COMMIT_ID) != 0) {
            at += Long.BYTES;
        }
        String xid = "";
        if ((flags & (PREPARED_XA | COMPLETED_XA)) != 0) {
            int format = (int) event.number(at, 4);
            int global = (int) event.number(at + 4, 1);
            int branch = (int) event.number(at + 5, 1);
            at += 6;
            xid = "X'" + hex(event, at, global) + "',X'" + hex(event, at + global, branch) + "'," + format;
            at += global + branch;
        }
        int more = at < event.end() ? (int) event.number(at, 1) : 0;
        return new MariaDbGtid(event.number(8, 4), event.serverId(), event.number(0, 8), form(flags, more), xid);
    }

    private static Form form(int flags, int more) {
        if ((flags & PREPARED_XA) != 0) {
            return Form.XA_PREPARE;
        }
        if ((flags & (STANDALONE | COMPLETED_XA)) == 0) {
            return Form.TRANSACTION;
        }
        return (more & (START_ALTER | ROLLBACK_ALTER)) != 0 ? Form.UNDONE_STATEMENT : Form.STATEMENT;
    }

    private static String hex(BinlogEvent event, int from, int length) {
        if (from + length > event.end()) {
            throw new IndexOutOfBoundsException("an XA transaction's id goes on behind the event");
        }
        return HexFormat.of().formatHex(event.bytes(), from, from + length);
    }
}
