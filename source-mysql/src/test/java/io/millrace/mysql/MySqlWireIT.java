// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.ZstdInputStream;
import io.millrace.core.Change;
import io.millrace.core.LogLostException;
import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.testkit.BinlogProxy;
import io.millrace.testkit.DumpPacket;
import io.millrace.testkit.MySqlServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dumps of a real server that are changed on their way, to what it would not send of itself. */
@Timeout(180)
class MySqlWireIT {

    private static final int QUERY = 2;
    private static final int ROTATE = 4;
    private static final int XID = 16;
    private static final int TABLE_MAP = 19;
    private static final int INCIDENT = 26;
    private static final int WRITE_ROWS = 30;
    private static final int GTID = 33;
    private static final int TRANSACTION_PAYLOAD = 40;
    private static final int UNKNOWN = 99;
    private static final int IGNORABLE = 0x80;

    private static MySqlServer server;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private BinlogProxy proxy;
    private String database;
    private StartFrom start;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder().option("max-allowed-packet", "64M").start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void startProxy() throws Exception {
        database = server.createDatabase();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))");
        proxy = BinlogProxy.before(server.host(), server.port());
        here(true);
    }

    @AfterEach
    void stopProxy() throws SQLException {
        proxy.close();
        Captured.endPrepared(server);
    }

    private void here(boolean byGtid) throws SQLException {
        List<String> status = server.query("SHOW MASTER STATUS").get(0);
        start = byGtid
                ? StartFrom.gtids(server.executedGtids())
                : StartFrom.file(status.get(0), Long.parseLong(status.get(1)));
    }

    private Captured capture() {
        return capture(new InMemoryCheckpointStore(), "*");
    }

    private Captured capture(InMemoryCheckpointStore checkpoints, String table) {
        return capture(checkpoints, table, pipeline -> pipeline);
    }

    private Captured capture(
            InMemoryCheckpointStore checkpoints, String table, UnaryOperator<PipelineOptions.Builder> options) {
        return Captured.start(Captured.source(server, start)
                .host(proxy.host())
                .port(proxy.port())
                .tls(TlsOptions.of(TlsOptions.Mode.DISABLED))
                .pipeline(options.apply(Captured.pipeline(database, checkpoints)
                                .filter(TableFilter.builder()
                                        .exclude("*", "*")
                                        .include(database, table)
                                        .build()))
                        .build())
                .build());
    }

    private void insert(int id) throws SQLException {
        server.executeIn(database, "INSERT INTO t VALUES (" + id + ", 'v')");
    }

    private static List<Long> idsThrough(Captured captured, long last) {
        await().until(() -> captured.ids().contains(last));
        return captured.ids();
    }

    // ---- events that nobody knows

    @Test
    void shouldStopAtAnUnknownEvent() throws Exception {
        insert(1);
        String before = server.executedGtids();
        server.transaction("INSERT INTO " + database + ".t VALUES (2, 'v')");
        AtomicInteger commits = new AtomicInteger();
        proxy.onEvent((index, event) -> event.type() == XID && commits.incrementAndGet() == 2
                ? List.of(DumpPacket.event(99, 0, new byte[8]), event)
                : List.of(event));
        try (Captured captured = capture(store, "*")) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("event type 99")
                    .hasMessageContaining("binlog.")
                    .hasMessageContaining("transaction " + server.serverUuid());
        }
        Checkpoint checkpoint = Objects.requireNonNull(store.load("memory"));
        assertThat(checkpoint.position()).contains(before);
    }

    @Test
    void shouldPassOverAnUnknownEventThatMayBeIgnored() throws Exception {
        insert(1);
        proxy.onEvent((index, event) -> List.of(DumpPacket.event(99, IGNORABLE, new byte[8]), event));
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 1)).containsExactly(1L);
        }
    }

    @Test
    void shouldStopAtAnUnknownTypeOfColumn() throws Exception {
        insert(1);
        proxy.onEvent((index, event) -> {
            if (event.type() != TABLE_MAP) {
                return List.of(event);
            }
            int types = 8 + 1 + database.length() + 1 + 1 + 1 + 1 + 1;
            assertThat(event.body()[types]).isEqualTo((byte) 3);
            return List.of(event.withBody(types, 200));
        });
        try (Captured captured = capture()) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(MillraceException.class)
                    .hasMessageContaining("column id of " + database + ".t")
                    .hasMessageContaining("code 200");
            assertThat(captured.records()).isEmpty();
        }
    }

    /** What is compressed in no way is documented, though no server writes it. */
    @Test
    void shouldReadAPayloadThatIsNotCompressed() throws Exception {
        server.executeIn(
                database,
                "SET binlog_transaction_compression = ON",
                "INSERT INTO t VALUES (1, REPEAT('v', 20)), (2, REPEAT('v', 20))");
        insert(3);
        proxy.onEvent((index, event) -> List.of(event.type() == TRANSACTION_PAYLOAD ? unpacked(event) : event));
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 3)).containsExactly(1L, 2L, 3L);
        }
    }

    private static DumpPacket unpacked(DumpPacket payload) throws IOException {
        ByteBuffer body = ByteBuffer.wrap(payload.body());
        int field = body.get();
        while (field != 0) {
            int length = body.get();
            body.position(body.position() + length);
            field = body.get();
        }
        byte[] packed = new byte[body.remaining() - 4];
        body.get(packed);
        byte[] events = new ZstdInputStream(new ByteArrayInputStream(packed)).readAllBytes();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        // The type of compression, 255 for none, and the end of the header.
        whole.writeBytes(new byte[] {2, 3, (byte) 0xfc, (byte) 255, 0, 0});
        whole.writeBytes(events);
        return DumpPacket.event(TRANSACTION_PAYLOAD, 0, whole.toByteArray());
    }

    @Test
    void shouldStopAtAPayloadThatIsDamaged() throws Exception {
        server.executeIn(
                database, "SET binlog_transaction_compression = ON", "INSERT INTO t VALUES (1, 'v'), (2, 'v')");
        for (int at = 0; at < 3; at++) {
            int damaged = at;
            proxy.onEvent((index, event) -> List.of(
                    event.type() == TRANSACTION_PAYLOAD
                            ? event.withBody(damaged, event.body()[damaged] ^ 0x55)
                            : event));
            try (Captured captured = capture()) {
                assertThatThrownBy(captured::join)
                        .as("byte %d", at)
                        .isInstanceOf(UnreadableEventException.class)
                        .hasMessageContaining("transaction " + server.serverUuid());
            }
        }
    }

    // ---- damage

    @ParameterizedTest
    @ValueSource(ints = {QUERY, XID, TABLE_MAP, WRITE_ROWS})
    void shouldStopAtAFlippedBit(int type) throws Exception {
        insert(1);
        AtomicInteger bit = new AtomicInteger();
        for (int place : new int[] {0, 35, 19 * 8 + 3, 25 * 8 + 7}) {
            bit.set(place);
            proxy.onEvent(
                    (index, event) -> event.type() == type ? List.of(event.withFlippedBit(bit.get())) : List.of(event));
            try (Captured captured = capture()) {
                assertThatThrownBy(captured::join)
                        .as("bit %d", place)
                        .isInstanceOf(UnreadableEventException.class)
                        .hasMessageContaining("checksum");
                assertThat(captured.records().size()).isLessThanOrEqualTo(type == XID ? 1 : 0);
            }
        }
    }

    @Test
    void shouldReadOnWhenChecksumsAreSwitched() throws Exception {
        try (Captured captured = capture().streaming()) {
            insert(1);
            server.execute("SET GLOBAL binlog_checksum = NONE");
            insert(2);
            server.execute("SET GLOBAL binlog_checksum = CRC32");
            insert(3);
            assertThat(idsThrough(captured, 3)).containsExactly(1L, 2L, 3L);
        }
        server.execute("SET GLOBAL binlog_checksum = NONE");
        insert(4);
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 4)).containsExactly(1L, 2L, 3L, 4L);
        } finally {
            server.execute("SET GLOBAL binlog_checksum = CRC32");
        }
    }

    /** A position by file goes back to the transaction that is prepared, so that what was left out is read again. */
    @ParameterizedTest
    @ValueSource(ints = {QUERY, XID, TABLE_MAP, WRITE_ROWS, TRANSACTION_PAYLOAD, INCIDENT, UNKNOWN})
    void shouldPassOverAgainWhatWasLeftOut(int damage) throws Exception {
        here(false);
        server.executeIn(database, "XA START 'x'", "INSERT INTO t VALUES (1, 'v')", "XA END 'x'", "XA PREPARE 'x'");
        String before = server.executedGtids();
        server.executeIn(
                database,
                "SET binlog_transaction_compression = " + (damage == TRANSACTION_PAYLOAD ? "ON" : "OFF"),
                "INSERT INTO t VALUES (2, 'damaged')");
        String id = GtidSet.parse(server.executedGtids())
                .minus(GtidSet.parse(before))
                .toString();
        insert(3);
        long number = Long.parseLong(id.substring(id.indexOf(':') + 1));
        AtomicBoolean within = new AtomicBoolean();
        proxy.onEvent((index, event) -> {
            if (event.type() == GTID) {
                within.set(ByteBuffer.wrap(event.body())
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong(17)
                        == number);
                return within.get() && (damage == INCIDENT || damage == UNKNOWN)
                        ? List.of(event, DumpPacket.event(damage, 0, new byte[3]))
                        : List.of(event);
            }
            return List.of(within.get() && event.type() == damage ? event.withFlippedBit(20 * 8) : event);
        });
        try (Captured captured = capture(store, "*")) {
            assertThatThrownBy(captured::join).isInstanceOf(UnreadableEventException.class);
        }
        try (Captured captured = capture(store, "*", pipeline -> pipeline.skipTransaction(id, "damaged"))) {
            assertThat(idsThrough(captured, 3)).containsExactly(3L);
        }
        assertThat(Objects.requireNonNull(store.load("memory")).position()).contains("read_from");
        insert(4);
        // These could be the begin of another one that is prepared: they are left out as long as they are read again.
        boolean mayPrepare = damage == QUERY || damage == TRANSACTION_PAYLOAD;
        if (mayPrepare) {
            try (Captured captured = capture(store, "*")) {
                assertThatThrownBy(captured::join)
                        .isInstanceOf(UnreadableEventException.class)
                        .hasMessageContaining("cannot be read again")
                        .hasMessageContaining("skipTransaction(\"" + id + "\", reason)");
            }
        }
        try (Captured captured =
                capture(store, "*", pipeline -> mayPrepare ? pipeline.skipTransaction(id, "damaged") : pipeline)) {
            assertThat(idsThrough(captured, 4)).containsExactly(4L);
            server.execute("XA COMMIT 'x'");
            assertThat(idsThrough(captured, 1)).containsExactly(4L, 1L);
        }
    }

    /** What the packet does not hold may come over another connection. */
    @Test
    void shouldReadAnEventAgainThatWasCutShort() throws Exception {
        insert(1);
        AtomicBoolean done = new AtomicBoolean();
        proxy.onEvent((index, event) -> event.type() == WRITE_ROWS && done.compareAndSet(false, true)
                ? List.of(event.cutShort(6))
                : List.of(event));
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 1)).containsExactly(1L);
        }
    }

    // ---- errors in place of events

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Could not find first log file name in binary log index file | LOST
            Cannot replicate because the source purged required binary logs. Missing transactions are 'x:1-2' | LOST
            Client requested source to start replication from position > file size | LOST
            Client requested master to start replication from impossible position | LOST
            Replica has more GTIDs than the source has, using the source's SERVER_UUID | LOST
            log event entry exceeded max_allowed_packet; Increase max_allowed_packet on source | PERMANENT
            bogus data in log event; the first event 'binlog.000001' at 4 | PERMANENT
            """)
    void shouldTellTheTroublesOfADumpApart(String text, String kind) throws Exception {
        insert(1);
        insert(2);
        AtomicInteger commits = new AtomicInteger();
        AtomicLong failing = new AtomicLong();
        proxy.onEvent((index, event) -> {
            if (event.type() == XID && commits.incrementAndGet() == 2) {
                failing.set(event.nextPosition());
            }
            return event.type() == XID && event.nextPosition() == failing.get()
                    ? List.of(DumpPacket.error(1236, "HY000", text))
                    : List.of(event);
        });
        try (Captured captured = capture()) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(kind.equals("LOST") ? LogLostException.class : PermanentException.class)
                    .hasMessageContaining(text)
                    .hasMessageContaining("1236");
            assertThat(captured.ids()).startsWith(1L).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldStopWhenAnotherReaderTakesItsPlaceAgainAndAgain() throws Exception {
        insert(1);
        proxy.onEvent((index, event) -> event.type() == XID
                ? List.of(DumpPacket.error(
                        1236,
                        "HY000",
                        "A replica with the same server_uuid/server_id as this replica has connected to the source"))
                : List.of(event));
        try (Captured captured = capture()) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("another reader has taken this one's place")
                    .hasMessageContaining("serverId");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldConnectAgainAfterTroublesThatPass(boolean asError) throws Exception {
        insert(1);
        insert(2);
        AtomicBoolean done = new AtomicBoolean();
        DumpPacket trouble =
                asError ? DumpPacket.error(1053, "08S01", "Server shutdown in progress") : DumpPacket.end();
        proxy.onEvent((index, event) ->
                event.type() == XID && done.compareAndSet(false, true) ? List.of(trouble) : List.of(event));
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 2)).containsExactly(1L, 2L);
        }
    }

    // ---- connections that end

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverTheSameWhereverTheConnectionEnds(boolean byGtid) throws Exception {
        server.executeIn(
                database,
                "CREATE TABLE u (id INT PRIMARY KEY, v VARCHAR(20))",
                "INSERT INTO u VALUES (1, 'u'), (2, 'u')");
        here(byGtid);
        server.executeIn(
                database,
                "INSERT INTO t VALUES (1, 'a')",
                "BEGIN",
                "INSERT INTO t VALUES (2, 'b'), (3, 'c')",
                "SAVEPOINT a",
                "UPDATE t JOIN u USING (id) SET t.v = 'x', u.v = 'y'",
                "DELETE FROM u WHERE id = 2",
                "COMMIT",
                "ALTER TABLE t ADD COLUMN w INT",
                "CREATE TABLE copy AS SELECT * FROM t",
                "XA START 'x'",
                "INSERT INTO t VALUES (4, 'xa', 0)",
                "XA END 'x'",
                "XA PREPARE 'x'");
        server.executeIn(database, "SET binlog_transaction_compression = ON", "INSERT INTO t VALUES (5, 'zip', 1)");
        server.executeIn(database, "XA COMMIT 'x'", "INSERT INTO t VALUES (6, 'end', 2)");
        AtomicInteger events = new AtomicInteger();
        proxy.onEvent((index, event) -> {
            events.set(index);
            return List.of(event);
        });
        List<String> expected;
        try (Captured captured = capture()) {
            idsThrough(captured, 6);
            expected = summaries(captured);
        }
        int last = events.get();
        assertThat(expected).hasSize(16);

        for (int cut = 0; cut <= last; cut++) {
            int at = cut;
            AtomicBoolean done = new AtomicBoolean();
            proxy.onEvent((index, event) ->
                    index == at && done.compareAndSet(false, true) ? List.of(event, DumpPacket.CUT) : List.of(event));
            try (Captured captured = capture()) {
                await().until(() -> captured.changes().size() >= expected.size());
                assertThat(summaries(captured)).as("cut behind event %d", cut).isEqualTo(expected);
            }
        }
    }

    private static List<String> summaries(Captured captured) {
        List<String> all = new ArrayList<>();
        for (Change change : captured.changes()) {
            all.add(change.source().transactionId() + " " + change.ordinal() + " "
                    + (change instanceof Record record
                            ? record.kind() + " " + record.before() + " " + record.after()
                            : change.toString()));
        }
        return all;
    }

    @Test
    void shouldNameNoFileWhenItAsksByGtids() throws Exception {
        insert(1);
        insert(2);
        AtomicBoolean done = new AtomicBoolean();
        proxy.onEvent((index, event) -> event.type() == XID && done.compareAndSet(false, true)
                ? List.of(event, DumpPacket.CUT)
                : List.of(event));
        try (Captured captured = capture()) {
            idsThrough(captured, 2);
        }
        assertThat(proxy.dumpCommands()).hasSize(2);
        for (byte[] command : proxy.dumpCommands()) {
            assertThat(command[0]).isEqualTo((byte) 0x1e);
            // Flags 2 bytes, server id 4; then the length of the file's name, 4; the position, 8.
            assertThat(new byte[] {command[7], command[8], command[9], command[10]})
                    .containsOnly(0);
            assertThat(command[11]).isEqualTo((byte) 4);
        }
    }

    // ---- files

    /** As after log_bin was changed while log_bin_index was not: the numbers of its files begin anew. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPassOverNothingWhenTheFilesGetAnotherName(boolean byGtid) throws Exception {
        here(byGtid);
        String file = server.query("SHOW MASTER STATUS").get(0).get(0);
        insert(1);
        server.execute("FLUSH LOGS");
        insert(2);
        byte[] renamed = "\4\0\0\0\0\0\0\0other.000001".getBytes(StandardCharsets.US_ASCII);
        proxy.onEvent((index, event) -> List.of(
                event.type() == ROTATE && !new String(event.body(), StandardCharsets.US_ASCII).contains(file)
                        ? DumpPacket.event(ROTATE, 0, renamed)
                        : event));
        try (Captured captured = capture(store, "*")) {
            if (byGtid) {
                assertThat(idsThrough(captured, 2)).containsExactly(1L, 2L);
                return;
            }
            assertThatThrownBy(captured::join)
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining("from " + file + " in other.000001");
            assertThat(captured.ids()).containsExactly(1L);
        }
        assertThat(Objects.requireNonNull(store.load("memory")).position()).contains(file);
    }

    // ---- sizes

    /** Behind a certain place every offset is 4 GiB higher, as in a file that has grown so large. */
    @Test
    void shouldReadFilesOfMoreThanFourGibibytes() throws Exception {
        here(false);
        insert(1);
        server.transaction(
                "INSERT INTO " + database + ".t VALUES (2, 'v')",
                "INSERT INTO " + database + ".t VALUES (3, 'v')",
                "INSERT INTO " + database + ".t VALUES (4, 'v')");
        insert(5);
        AtomicLong before = new AtomicLong();
        AtomicLong wrapsAt = new AtomicLong(Long.MAX_VALUE);
        AtomicInteger rows = new AtomicInteger();
        AtomicBoolean cuts = new AtomicBoolean();
        proxy.onEvent((index, event) -> {
            long at = event.nextPosition();
            if (at == 0) {
                return List.of(event);
            }
            if (event.type() == WRITE_ROWS && rows.incrementAndGet() == 3) {
                wrapsAt.set(before.get());
            }
            before.set(at);
            DumpPacket moved = at > wrapsAt.get() ? event.withNextPosition(at - wrapsAt.get()) : event;
            return event.type() == WRITE_ROWS && cuts.compareAndSet(true, false)
                    ? List.of(moved, DumpPacket.CUT)
                    : List.of(moved);
        });
        try (Captured captured = capture(store, "*")) {
            assertThat(idsThrough(captured, 5)).containsExactly(1L, 2L, 3L, 4L, 5L);
            List<Long> positions = captured.records().stream()
                    .map(record -> record.source().position())
                    .toList();
            assertThat(positions).isSorted();
            assertThat(positions.get(1)).isLessThan(1L << 32);
            assertThat(positions.get(2)).isGreaterThan(1L << 32);

            // The next transaction comes over a new connection, which cannot begin where the last one ended.
            cuts.set(true);
            insert(6);
            assertThat(idsThrough(captured, 6)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        }
        assertThat(Objects.requireNonNull(store.load("memory")).position()).contains("read_from");
        insert(7);
        try (Captured captured = capture(store, "*")) {
            assertThat(idsThrough(captured, 7)).containsExactly(7L);
        }
    }

    /** A message that fills its packets is followed by an empty one. */
    @Test
    void shouldReadEventsThatFillTheirPacket() throws Exception {
        server.executeIn(database, "CREATE TABLE large (id INT PRIMARY KEY, pad LONGBLOB)");
        here(true);
        int some = 16_000_000;
        try (Captured captured = capture()) {
            server.executeIn(database, "INSERT INTO large VALUES (1, REPEAT('x', " + some + "))");
            idsThrough(captured, 1);
            BinlogEventHeader header =
                    (BinlogEventHeader) captured.records().get(0).source().nativeHeader();
            int around = some
                    + 0xff_ffff
                    - 1
                    - Math.toIntExact(Objects.requireNonNull(header).eventLength());
            for (int id = 2; id <= 6; id++) {
                server.executeIn(
                        database, "INSERT INTO large VALUES (" + id + ", REPEAT('y', " + (around + id - 4) + "))");
            }
            insert(7);
            assertThat(idsThrough(captured, 7)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
            assertThat(captured.records().subList(1, 6))
                    .extracting(record -> ((byte[]) record.row().get("pad")).length)
                    .containsExactly(around - 2, around - 1, around, around + 1, around + 2);
            assertThat(((BinlogEventHeader) Objects.requireNonNull(
                                    captured.records().get(3).source().nativeHeader()))
                            .eventLength())
                    .isEqualTo(0xff_ffff - 1);
        }
    }
}
