// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.Position;
import io.millrace.core.TableId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
     * {@return the position that {@link #toJson()} wrote}
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
        if (node.path("load").isObject()) {
            return loading(node);
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

    private static Loading loading(JsonNode node) {
        JsonNode load = node.get("load");
        LoadedTo to = null;
        if (load.path("table").isTextual()) {
            to = new LoadedTo(
                    new TableId(
                            load.path("database").asText(), load.get("table").asText()),
                    load.path("pass").asText(),
                    load.path("rows").asLong(),
                    texts(load.path("key")),
                    texts(load.path("after")));
        }
        return new Loading(parse(node.path("log").toString()), to);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
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
            if (other instanceof Loading loading) {
                return loading.lowest(this);
            }
            Gtids that = sameKind(other);
            GtidSet common = executed.intersect(that.executed);
            // What holds behind the one need not hold behind what both have, unless that is the one.
            String known = common.equals(executed) ? schema : common.equals(that.executed) ? that.schema : null;
            return new Gtids(common, known);
        }

        private Gtids sameKind(Position other) {
            if (other instanceof Loading loading) {
                return sameKind(loading.log());
            }
            if (other instanceof Gtids gtids) {
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
            if (other instanceof Loading loading) {
                return loading.lowest(this);
            }
            MariaDb that = sameKind(other);
            MariaDbGtids lower = executed.lowest(that.executed);
            MariaDbGtids begin = begin().lowest(that.begin());
            return new MariaDb(lower, begin.equals(lower) ? null : begin);
        }

        private MariaDb sameKind(Position other) {
            if (other instanceof Loading loading) {
                return sameKind(loading.log());
            }
            if (other instanceof MariaDb that) {
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
            if (other instanceof Loading loading) {
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
            if (other instanceof Loading loading) {
                return sameLog(loading.log());
            }
            if (other instanceof File that && that.serverUuid.equals(serverUuid)) {
                return that;
            }
            throw notComparable(this, other);
        }
    }

    /**
     * While the rows are read that were there before. It is made by {@link StartFrom#initialLoad()}; what has
     * been read comes first, so a position of the log alone includes it.
     *
     * @param log where the log is read from once all tables have been read; itself not one of this kind
     * @param to how far tables have been read; null before the first
     */
    record Loading(MySqlPosition log, @Nullable LoadedTo to) implements MySqlPosition {

        public Loading {
            if (log instanceof Loading) {
                throw new IllegalArgumentException("the position of the log is " + log.toJson());
            }
        }

        @Override
        public String toJson() {
            ObjectNode load = new ObjectMapper().createObjectNode();
            if (to != null) {
                load.put("database", to.table().database())
                        .put("table", to.table().name())
                        .put("pass", to.pass())
                        .put("rows", to.rows());
                to.key().forEach(load.putArray("key")::add);
                to.after().forEach(load.putArray("after")::add);
            }
            return "{\"log\":" + log.toJson() + ",\"load\":" + load + "}";
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }

        @Override
        public boolean includes(Position other) {
            return other instanceof Loading that
                    && log.includes(that.log)
                    && (that.to == null || (to != null && to.includes(that.to)));
        }

        @Override
        public Position lowest(Position other) {
            if (!(other instanceof Loading that)) {
                return new Loading((MySqlPosition) log.lowest(other), to);
            }
            LoadedTo lower = to == null || that.to == null ? null : to.lowest(that.to);
            return new Loading((MySqlPosition) log.lowest(that.log), lower);
        }
    }

    /**
     * A place between rows of a table; all tables that come before it, by database and name, have been read.
     *
     * @param table the table that is being read
     * @param pass stands for one way along the table. Rows come and go between two of them, so that their numbers of
     *     rows do not say which of them has got further
     * @param rows how many rows the pass has read
     * @param key the columns of the primary key as they were defined: by another key, nothing lies behind the row
     * @param after the primary key of the last row, as SQL literals; empty if none has been read, or reading cannot
     *     go on behind a row
     */
    record LoadedTo(TableId table, String pass, long rows, List<String> key, List<String> after) {

        static final Comparator<TableId> ORDER =
                Comparator.comparing(TableId::database).thenComparing(TableId::name);

        public LoadedTo {
            key = List.copyOf(key);
            after = List.copyOf(after);
        }

        /** {@return this place, from which another pass goes on} */
        LoadedTo inPass(String other) {
            return new LoadedTo(table, other, rows, key, after);
        }

        /** {@return whether this place is known to be at the other one, or behind it} */
        boolean includes(LoadedTo that) {
            int tables = ORDER.compare(table, that.table);
            if (tables != 0) {
                return tables > 0;
            }
            return that.after.isEmpty() || (pass.equals(that.pass) && rows >= that.rows);
        }

        LoadedTo lowest(LoadedTo that) {
            if (includes(that)) {
                return that;
            }
            // Which of two passes has got further cannot be told: the table is read anew.
            return that.includes(this) ? this : new LoadedTo(table, pass, 0, key, List.of());
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
