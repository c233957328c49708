// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.Position;
import io.millrace.core.source.load.LoadPosition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far in a server's binlog: by GTIDs, which any replica of the server understands, or by file and
 * offset, which only that one server does. The two cannot be compared. Immutable.
 */
public sealed interface MySqlPosition extends Position {

    /** {@return the position after all transactions of the set} */
    static MySqlPosition gtids(GtidSet executed) {
        return new Gtids(executed);
    }

    /**
     * {@return the position after all transactions of the set}
     *
     * @param executed as {@code SELECT @@gtid_executed} shows it; or a single GTID, such as the server
     *     tells after a commit to a session that has {@code session_track_gtids=OWN_GTID}; or the last GTID of each
     *     domain as MariaDB's {@code SELECT @@gtid_binlog_pos} shows them
     * @throws IllegalArgumentException if it is neither
     */
    static MySqlPosition gtids(String executed) {
        return MariaDbGtids.isLike(executed) ? gtids(MariaDbGtids.parse(executed)) : gtids(GtidSet.parse(executed));
    }

    /** {@return the position after the last transaction of each domain of MariaDB} */
    static MySqlPosition gtids(MariaDbGtids executed) {
        return new MariaDb(executed, null);
    }

    /**
     * {@return the position at an offset of a binlog file}
     *
     * @param serverUuid {@code @@server_uuid} of the server that wrote the file; MariaDB has none: there it is
     *     {@code mariadb:}, the server's {@code @@server_id}, {@code :} and its {@code @@server_uid} or, of versions
     *     without, its {@code @@hostname}, {@code @@port} and {@code @@datadir} with {@code :} between them
     * @param offset in bytes; a transaction must begin there
     */
    static MySqlPosition file(String serverUuid, String file, long offset) {
        return new File(serverUuid, file, offset);
    }

    /**
     * A place in a server's binlog.
     *
     * @param file the file's name, such as {@code binlog.000003}
     * @param offset in bytes, 4 at the file's begin
     */
    record Place(String file, long offset) implements DumpStart, Comparable<Place> {

        public Place {
            Objects.requireNonNull(file, "file");
        }

        /**
         * Orders by the file's number, not its name, and then by offset.
         *
         * @throws IllegalArgumentException if the names differ in more than the number
         */
        @Override
        public int compareTo(Place other) {
            int files = BinlogFiles.compare(file, other.file);
            return files != 0 ? files : Long.compare(offset, other.offset);
        }
    }

    /**
     * {@return the position that {@link #toJson()} wrote} What a checkpoint holds while tables are loaded is read by
     * {@link LoadPosition#parse}, which takes this method for the log's part.
     *
     * @throws IllegalArgumentException if it is not one
     */
    static MySqlPosition parse(String json) {
        JsonNode node;
        try {
            node = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a MySQL position: " + json, e);
        }
        if (node.path("gtids").isTextual()) {
            return new Gtids(GtidSet.parse(node.get("gtids").asText()), schema(node));
        }
        if (node.path("mariadb_gtids").isTextual()) {
            JsonNode readFrom = node.path("read_from");
            return new MariaDb(
                    MariaDbGtids.parse(node.get("mariadb_gtids").asText()),
                    readFrom.isTextual() ? MariaDbGtids.parse(readFrom.asText()) : null);
        }
        if (node.path("file").isTextual() && node.path("offset").isIntegralNumber()) {
            JsonNode readFrom = node.path("read_from");
            return new File(
                    node.path("server_uuid").asText(),
                    node.get("file").asText(),
                    node.get("offset").asLong(),
                    readFrom.isMissingNode() ? null : place(readFrom),
                    schema(node));
        }
        throw new IllegalArgumentException("not a MySQL position: " + json);
    }

    private static @Nullable String schema(JsonNode node) {
        return node.path("schema").isTextual() ? node.get("schema").asText() : null;
    }

    private static Place place(JsonNode node) {
        if (node.path("file").isTextual() && node.path("offset").isIntegralNumber()) {
            return new Place(node.get("file").asText(), node.get("offset").asLong());
        }
        throw new IllegalArgumentException("not a place in a binlog: " + node);
    }

    /**
     * After all transactions of a set.
     *
     * @param executed the set
     * @param schema what the tables look like behind it, as an id of the pipeline's schema history; null if the log
     *     says it, or it is not known
     */
    record Gtids(GtidSet executed, @Nullable String schema) implements MySqlPosition {

        public Gtids {
            Objects.requireNonNull(executed, "executed");
        }

        public Gtids(GtidSet executed) {
            this(executed, null);
        }

        @Override
        public String toJson() {
            return "{\"gtids\":\"" + executed + "\"" + schemaField(schema) + "}";
        }

        @Override
        public boolean includes(Position other) {
            return executed.containsAll(sameKind(other).executed);
        }

        @Override
        public Position lowest(Position other) {
            if (other instanceof LoadPosition loading) {
                return loading.lowest(this);
            }
            Gtids that = sameKind(other);
            GtidSet common = executed.intersect(that.executed);
            // What holds behind the one need not hold behind what both have, unless that is the one.
            String known = common.equals(executed) ? schema : common.equals(that.executed) ? that.schema : null;
            return new Gtids(common, known);
        }

        private Gtids sameKind(Position other) {
            if (LoadPosition.logOf(other) instanceof Gtids gtids) {
                return gtids;
            }
            throw notComparable(this, other);
        }
    }

    /**
     * After the last transaction of each domain of MariaDB.
     *
     * @param executed these transactions
     * @param readFrom where reading has to begin, passing over what lies before this position; null if here. It lies
     *     back where XA transactions are prepared that are not at their end
     */
    record MariaDb(MariaDbGtids executed, @Nullable MariaDbGtids readFrom) implements MySqlPosition {

        public MariaDb {
            Objects.requireNonNull(executed, "executed");
            if (readFrom != null && !executed.includes(readFrom)) {
                throw new IllegalArgumentException("reading cannot begin at " + readFrom + " for " + executed);
            }
        }

        /** {@return where reading has to begin} */
        MariaDbGtids begin() {
            return readFrom == null ? executed : readFrom;
        }

        @Override
        public String toJson() {
            String from = readFrom == null ? "" : ",\"read_from\":\"" + readFrom + "\"";
            return "{\"mariadb_gtids\":\"" + executed + "\"" + from + "}";
        }

        @Override
        public boolean includes(Position other) {
            return executed.includes(sameKind(other).executed);
        }

        @Override
        public Position lowest(Position other) {
            if (other instanceof LoadPosition loading) {
                return loading.lowest(this);
            }
            MariaDb that = sameKind(other);
            MariaDbGtids lower = executed.lowest(that.executed);
            MariaDbGtids begin = begin().lowest(that.begin());
            return new MariaDb(lower, begin.equals(lower) ? null : begin);
        }

        private MariaDb sameKind(Position other) {
            if (LoadPosition.logOf(other) instanceof MariaDb that) {
                return that;
            }
            throw notComparable(this, other);
        }
    }

    /**
     * At an offset of a file of one server.
     *
     * @param serverUuid the server's {@code @@server_uuid}, or for MariaDB see {@link MySqlPosition#file}
     * @param file the file's name, such as {@code binlog.000003}
     * @param offset in bytes, 4 at the file's begin
     * @param readFrom where reading has to begin, passing over what lies before this position; null if
     *     here. It lies back where XA transactions are prepared that are not at their end, and where a server
     *     cannot be asked for the offset, which takes 32 bits
     * @param schema see {@link Gtids}
     */
    record File(
            String serverUuid,
            String file,
            long offset,
            @Nullable Place readFrom,
            @Nullable String schema) implements MySqlPosition, Comparable<File> {

        public File {
            Objects.requireNonNull(serverUuid, "serverUuid");
            Objects.requireNonNull(file, "file");
            BinlogFiles.number(file);
            if (offset < 4) {
                throw new IllegalArgumentException("offset was " + offset + " but a binlog file begins at 4");
            }
            Place here = new Place(file, offset);
            if (readFrom != null && (readFrom.offset < 4 || readFrom.compareTo(here) > 0)) {
                throw new IllegalArgumentException("reading cannot begin at " + readFrom + " for " + here);
            }
            checkOffset(readFrom == null ? offset : readFrom.offset);
        }

        public File(String serverUuid, String file, long offset) {
            this(serverUuid, file, offset, null);
        }

        public File(String serverUuid, String file, long offset, @Nullable Place readFrom) {
            this(serverUuid, file, offset, readFrom, null);
        }

        Place place() {
            return new Place(file, offset);
        }

        /** {@return where reading has to begin} */
        Place begin() {
            return readFrom == null ? place() : readFrom;
        }

        /** @throws IllegalArgumentException if no dump can begin there: the command has 32 bits for the offset */
        static void checkOffset(long offset) {
            if (offset > 0xffff_ffffL) {
                throw new IllegalArgumentException("offset was " + offset
                        + " but a server can be asked for 4294967295 at most; begin at the next file, or by GTIDs");
            }
        }

        @Override
        public String toJson() {
            String from = readFrom == null
                    ? ""
                    : ",\"read_from\":{\"file\":\"" + readFrom.file + "\",\"offset\":" + readFrom.offset + "}";
            return "{\"server_uuid\":\"" + serverUuid + "\",\"file\":\"" + file + "\",\"offset\":" + offset + from
                    + schemaField(schema) + "}";
        }

        @Override
        public boolean includes(Position other) {
            return compareTo(sameLog(other)) >= 0;
        }

        @Override
        public Position lowest(Position other) {
            if (other instanceof LoadPosition loading) {
                return loading.lowest(this);
            }
            File that = sameLog(other);
            File lower = compareTo(that) <= 0 ? this : that;
            // What is prepared before the higher one may lie before where reading for the lower one begins.
            Place begin = begin().compareTo(that.begin()) <= 0 ? begin() : that.begin();
            return new File(
                    serverUuid, lower.file, lower.offset, begin.equals(lower.place()) ? null : begin, lower.schema);
        }

        @Override
        public int compareTo(File other) {
            return place().compareTo(other.place());
        }

        private File sameLog(Position other) {
            if (LoadPosition.logOf(other) instanceof File that && that.serverUuid.equals(serverUuid)) {
                return that;
            }
            throw notComparable(this, other);
        }
    }

    private static String schemaField(@Nullable String schema) {
        return schema == null ? "" : ",\"schema\":\"" + schema + "\"";
    }

    private static IllegalArgumentException notComparable(Position one, Position other) {
        return new IllegalArgumentException(
                "positions of different logs cannot be compared: " + one.toJson() + " and " + other.toJson());
    }
}
