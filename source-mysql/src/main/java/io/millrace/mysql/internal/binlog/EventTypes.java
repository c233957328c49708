// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

/**
 * Codes of binlog events: {@code Log_event_type} of MySQL's {@code binlog_event.h}, and from 160 on that of
 * MariaDB's {@code log_event.h}.
 */
public final class EventTypes {

    public static final int QUERY = 2;
    public static final int STOP = 3;
    public static final int ROTATE = 4;
    public static final int INTVAR = 5;
    public static final int RAND = 13;
    public static final int USER_VAR = 14;
    public static final int FORMAT_DESCRIPTION = 15;
    public static final int XID = 16;
    public static final int TABLE_MAP = 19;
    public static final int WRITE_ROWS_V1 = 23;
    public static final int UPDATE_ROWS_V1 = 24;
    public static final int DELETE_ROWS_V1 = 25;
    public static final int INCIDENT = 26;
    public static final int HEARTBEAT = 27;
    public static final int IGNORABLE = 28;
    public static final int ROWS_QUERY = 29;
    public static final int WRITE_ROWS = 30;
    public static final int UPDATE_ROWS = 31;
    public static final int DELETE_ROWS = 32;
    public static final int GTID = 33;
    public static final int ANONYMOUS_GTID = 34;
    public static final int PREVIOUS_GTIDS = 35;
    public static final int TRANSACTION_CONTEXT = 36;
    public static final int VIEW_CHANGE = 37;
    public static final int XA_PREPARE = 38;
    public static final int PARTIAL_UPDATE_ROWS = 39;
    public static final int TRANSACTION_PAYLOAD = 40;
    public static final int HEARTBEAT_V2 = 41;
    public static final int GTID_TAGGED = 42;
    public static final int ANNOTATE_ROWS = 160;
    public static final int BINLOG_CHECKPOINT = 161;
    public static final int MARIADB_GTID = 162;
    public static final int GTID_LIST = 163;
    public static final int START_ENCRYPTION = 164;
    public static final int QUERY_COMPRESSED = 165;
    public static final int WRITE_ROWS_COMPRESSED_V1 = 166;
    public static final int UPDATE_ROWS_COMPRESSED_V1 = 167;
    public static final int DELETE_ROWS_COMPRESSED_V1 = 168;
    public static final int WRITE_ROWS_COMPRESSED = 169;
    public static final int UPDATE_ROWS_COMPRESSED = 170;
    public static final int DELETE_ROWS_COMPRESSED = 171;

    private EventTypes() {}

    /** {@return whether the type's events hold rows, so that their bytes outlive the next event} */
    public static boolean holdsRows(int type) {
        return switch (type) {
            case WRITE_ROWS_V1,
                    UPDATE_ROWS_V1,
                    DELETE_ROWS_V1,
                    WRITE_ROWS,
                    UPDATE_ROWS,
                    DELETE_ROWS,
                    PARTIAL_UPDATE_ROWS -> true;
            default -> false;
        };
    }

    /** {@return whether the type's events are compressed, each by itself} */
    public static boolean isCompressed(int type) {
        return plain(type) != type;
    }

    /** {@return the type of the event once it is not compressed} */
    static int plain(int type) {
        return switch (type) {
            case QUERY_COMPRESSED -> QUERY;
            case WRITE_ROWS_COMPRESSED_V1 -> WRITE_ROWS_V1;
            case UPDATE_ROWS_COMPRESSED_V1 -> UPDATE_ROWS_V1;
            case DELETE_ROWS_COMPRESSED_V1 -> DELETE_ROWS_V1;
            case WRITE_ROWS_COMPRESSED -> WRITE_ROWS;
            case UPDATE_ROWS_COMPRESSED -> UPDATE_ROWS;
            case DELETE_ROWS_COMPRESSED -> DELETE_ROWS;
            default -> type;
        };
    }

    /** {@return whether the event is understood, if only in that it may be passed over} */
    public static boolean isKnown(int type) {
        return isNeeded(type)
                || switch (type) {
                    case PREVIOUS_GTIDS,
                            STOP,
                            IGNORABLE,
                            ROWS_QUERY,
                            INTVAR,
                            RAND,
                            USER_VAR,
                            TRANSACTION_CONTEXT,
                            VIEW_CHANGE,
                            ANNOTATE_ROWS,
                            BINLOG_CHECKPOINT,
                            GTID_LIST,
                            START_ENCRYPTION -> true;
                    default -> false;
                };
    }

    /** {@return whether the event says something that is needed} */
    public static boolean isNeeded(int type) {
        return holdsRows(type)
                || isCompressed(type)
                || switch (type) {
                    case GTID,
                            GTID_TAGGED,
                            ANONYMOUS_GTID,
                            MARIADB_GTID,
                            QUERY,
                            TABLE_MAP,
                            XID,
                            XA_PREPARE,
                            TRANSACTION_PAYLOAD,
                            ROTATE,
                            FORMAT_DESCRIPTION,
                            HEARTBEAT,
                            HEARTBEAT_V2,
                            INCIDENT -> true;
                    default -> false;
                };
    }

    public static boolean isHeartbeat(int type) {
        return type == HEARTBEAT || type == HEARTBEAT_V2;
    }

    /** {@return whether the event stands within a group, behind the one that begins it} */
    public static boolean isWithinGroup(int type) {
        return switch (type) {
            case GTID, GTID_TAGGED, ANONYMOUS_GTID, MARIADB_GTID -> false;
            case ROTATE, FORMAT_DESCRIPTION, STOP, BINLOG_CHECKPOINT, GTID_LIST, START_ENCRYPTION -> false;
            default -> !isHeartbeat(type);
        };
    }

    /** {@return the type's name as the server's documentation has it, for messages} */
    public static String name(int type) {
        return switch (type) {
            case QUERY -> "QUERY_EVENT";
            case INCIDENT -> "INCIDENT_EVENT";
            case TABLE_MAP -> "TABLE_MAP_EVENT";
            case WRITE_ROWS, WRITE_ROWS_V1 -> "WRITE_ROWS_EVENT";
            case UPDATE_ROWS, UPDATE_ROWS_V1 -> "UPDATE_ROWS_EVENT";
            case DELETE_ROWS, DELETE_ROWS_V1 -> "DELETE_ROWS_EVENT";
            case XA_PREPARE -> "XA_PREPARE_LOG_EVENT";
            case PARTIAL_UPDATE_ROWS -> "PARTIAL_UPDATE_ROWS_EVENT";
            case TRANSACTION_PAYLOAD -> "TRANSACTION_PAYLOAD_EVENT";
            case GTID_TAGGED -> "GTID_TAGGED_LOG_EVENT";
            case MARIADB_GTID -> "GTID_EVENT";
            case QUERY_COMPRESSED -> "QUERY_COMPRESSED_EVENT";
            case WRITE_ROWS_COMPRESSED, WRITE_ROWS_COMPRESSED_V1 -> "WRITE_ROWS_COMPRESSED_EVENT";
            case UPDATE_ROWS_COMPRESSED, UPDATE_ROWS_COMPRESSED_V1 -> "UPDATE_ROWS_COMPRESSED_EVENT";
            case DELETE_ROWS_COMPRESSED, DELETE_ROWS_COMPRESSED_V1 -> "DELETE_ROWS_COMPRESSED_EVENT";
            default -> "event type " + type;
        };
    }
}
