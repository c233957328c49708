// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.TableId;
import io.millrace.core.Target;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/**
 * Changes tables of a server whose log does not name columns, notes after each step what a row of a table is
 * according to the server, and compares that with what was captured.
 */
final class SchemaScript implements AutoCloseable {

    final MySqlServer server;
    final String database;
    final Path directory;
    private final Connection connection;
    private final Statement statement;
    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private final List<String> expected = new ArrayList<>();
    private final List<String> captured = new ArrayList<>();
    private UnaryOperator<MySqlOptions.Builder> options = builder -> builder;
    private Captured reader;
    private int next = 1;

    SchemaScript(MySqlServer server, Path directory) throws SQLException {
        this.server = server;
        this.directory = directory;
        this.database = server.createDatabase();
        this.connection = server.connect(database);
        this.statement = connection.createStatement();
    }

    SchemaScript with(UnaryOperator<MySqlOptions.Builder> changed) {
        options = changed;
        return this;
    }

    /** Begins to capture, or goes on where it was stopped. */
    SchemaScript start() throws Exception {
        reader = launch().streaming();
        return this;
    }

    PipelineOptions.Builder pipeline() {
        return Captured.pipeline(database, store);
    }

    Captured launch(Target... others) {
        return Captured.start(options(), new Captured.Memory(), record -> record, others);
    }

    private MySqlOptions options() {
        return options.apply(Captured.source(server, StartFrom.latest())
                        .schemaHistory(directory)
                        .pipeline(pipeline().build()))
                .build();
    }

    /** {@return where one begins who begins now} */
    Position firstPosition() throws IOException {
        return new MySqlSource(options(), event -> List.of()).firstPosition();
    }

    /** Waits until all that was executed has been delivered. */
    SchemaScript await() throws Exception {
        awaitEnd(reader);
        return this;
    }

    /** Stops when all that was executed has been delivered. */
    SchemaScript stop() throws Exception {
        awaitEnd(reader);
        close(reader);
        return this;
    }

    private void awaitEnd(Captured from) throws Exception {
        if (server.executedGtids().isEmpty()) {
            List<String> end = server.query("SHOW MASTER STATUS").get(0);
            MySqlPosition position = MySqlPosition.file(server.serverUuid(), end.get(0), Long.parseLong(end.get(1)));
            boolean delivered = from.processor().awaitDelivered(position, Duration.ofSeconds(60));
            assertThat(delivered).as(() -> from.processor().stats().toString()).isTrue();
        } else {
            from.upTo(server);
        }
    }

    /** Stops when all that was executed has been delivered, and {@return what was} */
    List<Record> stopped() throws Exception {
        awaitEnd(reader);
        List<Record> records = reader.records();
        close(reader);
        return records;
    }

    /** Stops wherever it is. */
    SchemaScript interrupt() {
        close(reader);
        return this;
    }

    private void close(Captured from) {
        from.close();
        take(from);
        reader = null;
    }

    void take(Captured from) {
        captured.addAll(texts(from.records()));
    }

    List<String> texts(List<Record> records) {
        return records.stream()
                .filter(record -> record.kind() == Record.Kind.INSERT)
                .map(record -> record.table().name() + text(record))
                .toList();
    }

    List<String> lastExpected(int rows) {
        return expected.subList(expected.size() - rows, expected.size());
    }

    /** Notes a row that comes in another way. */
    SchemaScript expect(String row) {
        expected.add(row);
        return this;
    }

    /** Waits until as much was captured as the server had, though the position may not be at its end. */
    SchemaScript awaitRows() {
        Awaitility.await().until(() -> captured.size() + texts(reader.records()).size() >= expected.size());
        return this;
    }

    private static String text(Record record) {
        Map<String, String> row = new LinkedHashMap<>();
        record.row().asMap().forEach((name, value) -> {
            String type = record.schema().column(record.schema().indexOf(name)).nativeType();
            row.put(name, shown(type.split("[( ]")[0], value == null ? null : value.toString()));
        });
        return row + " key " + record.schema().primaryKey();
    }

    /** Values that Java writes in another way than the server only count as null or not; others have tests of theirs. */
    private static String shown(String type, String value) {
        boolean isPlain = type.endsWith("int") || type.endsWith("char") || type.endsWith("text");
        return value == null || isPlain || type.equals("enum") || type.equals("decimal") ? value : "a " + type;
    }

    SchemaScript run(String... sql) throws SQLException {
        for (String one : sql) {
            statement.execute(one);
        }
        return this;
    }

    /** {@return whether the server accepts the statement} */
    boolean tryRun(String sql) {
        try {
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Stores a row in each of the tables and notes what it is. */
    SchemaScript rows(String... tables) throws SQLException {
        for (String table : tables) {
            row(table);
        }
        return this;
    }

    /** The same, but that the server may refuse a row. */
    void tryRows(String... tables) {
        for (String table : tables) {
            try {
                row(table);
            } catch (SQLException e) {
                // What is made up may not take what is made up.
            }
        }
    }

    private void row(String table) throws SQLException {
        statement.execute("DELETE FROM `" + table + "`");
        List<String> columns = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (List<String> column : server.query(
                "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, EXTRA, IS_NULLABLE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='"
                        + database + "' AND TABLE_NAME='" + table + "' ORDER BY ORDINAL_POSITION")) {
            if (!column.get(3).contains(" GENERATED")) {
                columns.add("`" + column.get(0).replace("`", "``") + "`");
                values.add(value(column.get(1), column.get(2), column.get(4).equals("YES")));
            }
        }
        String names = String.join(",", columns);
        statement.execute("INSERT INTO `" + table + "` (" + names + ") VALUES (" + String.join(",", values) + ")");
        expected.add(logName(table) + stored(table));
    }

    private String logName(String table) throws SQLException {
        return server.query("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA='" + database
                        + "' AND TABLE_NAME='" + table + "'")
                .get(0)
                .get(0);
    }

    private String value(String type, String columnType, boolean nullable) {
        int number = next++;
        return switch (type) {
            case "tinyint" -> Integer.toString(number % 2);
            case "smallint", "mediumint", "int", "bigint", "decimal" -> Integer.toString(number % 30_000);
            case "enum" -> "1 + " + number % columnType.split("','").length;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> "'v" + number % 1_000 + "'";
            case "timestamp" -> nullable ? "NULL" : "DEFAULT";
            default -> "DEFAULT";
        };
    }

    private String stored(String table) throws SQLException {
        List<String> key = new ArrayList<>();
        for (List<String> column : server.query("SELECT COLUMN_NAME FROM information_schema.STATISTICS"
                + " WHERE TABLE_SCHEMA='" + database + "' AND TABLE_NAME='" + table
                + "' AND INDEX_NAME='PRIMARY' ORDER BY SEQ_IN_INDEX")) {
            key.add(column.get(0));
        }
        List<String> columns = new ArrayList<>();
        List<String> types = new ArrayList<>();
        for (List<String> column : server.query("SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS"
                + " WHERE TABLE_SCHEMA='" + database + "' AND TABLE_NAME='" + table + "' ORDER BY ORDINAL_POSITION")) {
            String name = "`" + column.get(0).replace("`", "``") + "`";
            types.add(column.get(1));
            columns.add("CAST(" + name + " AS CHAR) AS " + name);
        }
        Map<String, String> row = new LinkedHashMap<>();
        try (ResultSet result =
                statement.executeQuery("SELECT " + String.join(",", columns) + " FROM `" + table + "`")) {
            assertThat(result.next()).isTrue();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                row.put(result.getMetaData().getColumnLabel(i), shown(types.get(i - 1), result.getString(i)));
            }
        }
        return row + " key " + key;
    }

    /** {@return the reader, which the caller closes} */
    Captured reader() {
        Captured taken = reader;
        reader = null;
        return taken;
    }

    Checkpoint checkpoint() throws IOException {
        return checkpoint("memory");
    }

    Checkpoint checkpoint(String target) throws IOException {
        store.open("test");
        try {
            return store.load(target);
        } finally {
            store.close();
        }
    }

    void store(String target, Checkpoint checkpoint) throws IOException {
        store.open("test");
        store.save(target, checkpoint);
        store.close();
    }

    /** Takes up an older checkpoint, so that the last rows come again. */
    SchemaScript goBack(Checkpoint checkpoint, int rows) throws IOException {
        store("memory", checkpoint);
        expected.addAll(List.copyOf(lastExpected(rows)));
        return this;
    }

    /** Stops if it runs, and compares all that was captured with what the server had. */
    void check() throws Exception {
        if (reader != null) {
            stop();
        }
        assertThat(captured).containsExactlyElementsOf(expected);
    }

    /** {@return what has been captured so far is what the server had, up to some step} */
    void checkBegin() {
        assertThat(captured).isEqualTo(expected.subList(0, captured.size()));
    }

    /** The columns of the table are not known, and the reader says so. */
    void expectUnknown(String table, Captured from) {
        assertThatThrownBy(from::join)
                .isInstanceOfSatisfying(
                        SchemaUnknownException.class,
                        e -> assertThat(e.table()).isEqualTo(new TableId(database, table)))
                .hasMessageContaining("binlog_row_metadata=FULL");
        from.close();
        take(from);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        if (reader != null) {
            reader.close();
        }
    }
}
