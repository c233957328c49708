// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import com.github.shyiko.mysql.binlog.network.protocol.ErrorPacket;
import io.millrace.core.LogLostException;
import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.TransientException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * An error that the server sent, told apart by what can be done about it.
 *
 * @param code MySQL's error number
 * @param message the server's text
 */
record ServerError(int code, String message) {

    private static final int ACCESS_DENIED = 1045;
    private static final int DATABASE_ACCESS_DENIED = 1044;
    private static final int HOST_NOT_ALLOWED = 1130;
    private static final int MUST_CHANGE_PASSWORD = 1820;
    private static final int PASSWORD_EXPIRED = 1862;
    private static final int ACCOUNT_LOCKED = 3118;
    private static final int PRIVILEGE_MISSING = 1227;
    private static final int TABLE_ACCESS_DENIED = 1142;
    private static final int COLUMN_ACCESS_DENIED = 1143;
    private static final int SYNTAX = 1064;
    private static final int INVALID_CHARACTER_STRING = 1300;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int LOCK_DEADLOCK = 1213;
    private static final int QUERY_INTERRUPTED = 1317;

    /** All troubles of a dump share this number and differ in their text. */
    private static final int DUMP_FAILED = 1236;

    /** @param packet the error packet without its marker */
    static ServerError of(byte[] packet) throws IOException {
        ErrorPacket error = new ErrorPacket(packet);
        return new ServerError(error.getErrorCode(), error.getErrorMessage());
    }

    static byte[] withoutMarker(byte[] packet) {
        return Arrays.copyOfRange(packet, 1, packet.length);
    }

    /** {@return the exception for a failed login or query} */
    MillraceException asFailure(String action) {
        String text = action + " failed: " + message + " (MySQL error " + code + ")";
        return switch (code) {
            case ACCESS_DENIED, DATABASE_ACCESS_DENIED, HOST_NOT_ALLOWED, ACCOUNT_LOCKED ->
                new PermanentException(text + ". Check user, password and the host the user may come from.", null);
            case MUST_CHANGE_PASSWORD, PASSWORD_EXPIRED ->
                new PermanentException(text + ". Set a new password with ALTER USER.", null);
            case SYNTAX -> new UnknownStatementException(text);
            case PRIVILEGE_MISSING, TABLE_ACCESS_DENIED, COLUMN_ACCESS_DENIED -> new PermanentException(text, null);
            case INVALID_CHARACTER_STRING -> new RefusedTextException(text);
            case LOCK_WAIT_TIMEOUT, LOCK_DEADLOCK, QUERY_INTERRUPTED -> new StatementEndedException(text);
            default -> new TransientException(text, null);
        };
    }

    /** {@return the exception for an error in place of an event} */
    MillraceException asDumpFailure() {
        String text = "the server ended the dump of its binlog: " + message + " (MySQL error " + code + ")";
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("same server_uuid/server_id") || lower.contains("same server_id")) {
            return new EvictedException(
                    text
                            + ". Another reader uses the same server id: is this pipeline running twice? Otherwise set MySqlOptions.serverId.");
        }
        if (code != DUMP_FAILED) {
            return asFailure("reading the binlog");
        }
        if (lower.contains("purged") || lower.contains("could not find first log file")) {
            return new LogLostException(
                    text
                            + ". The position is older than what the server keeps: raise binlog_expire_logs_seconds, bring the targets up to date by other means, and start from a position that you choose.",
                    message,
                    null);
        }
        if (lower.contains("position > file size")
                || lower.contains("impossible position")
                || lower.contains("more gtids than")
                || lower.contains("not in the master's binlog")) {
            return new LogLostException(
                    text
                            + ". The server does not have what was read before: it is another one, or it was restored or reset.",
                    message,
                    null);
        }
        return new PermanentException(text, null);
    }
}
