// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.MySqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is large passes through a small heap: each capture runs in a process of its own. */
@Timeout(600)
class LargeTransactionsIT {

    private static final int ROW = 50_000;

    private static MySqlServer server;

    @TempDir
    Path folder;

    private String database;
    private String start;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder()
                .option("max-allowed-packet", "1G")
                .option("max-binlog-cache-size", "4G")
                .start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createTable() throws Exception {
        database = server.createDatabase();
        // Nothing but the log is wanted of what is compressed; only a transactional engine can prepare.
        server.executeIn(
                database,
                "CREATE TABLE logged (id INT PRIMARY KEY, pad LONGBLOB) ENGINE = BLACKHOLE",
                "CREATE TABLE kept (id INT PRIMARY KEY, pad LONGBLOB)");
        start = server.executedGtids();
    }

    private void write(String table, String before, int rows, String after) throws Exception {
        try (Connection connection = server.connect(database);
                Statement session = connection.createStatement()) {
            session.execute("SET binlog_transaction_compression = " + (table.equals("logged") ? "ON" : "OFF"));
            session.execute(before);
            for (int id = 1; id <= rows; id += 100) {
                StringBuilder sql = new StringBuilder("INSERT INTO " + table + " VALUES ");
                for (int i = id; i < id + 100; i++) {
                    sql.append(i == id ? "" : ",").append("(%1$d, REPEAT(MD5(%1$d), %2$d))".formatted(i, ROW / 32));
                }
                session.execute(sql.toString());
            }
            for (String sql : after.split(";")) {
                session.execute(sql);
            }
        }
    }

    private String capture(String heap, String... more) throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                LargeCapture.class.getName(),
                Integer.toString(server.port()),
                database,
                start,
                server.executedGtids()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        System.out.println(database + ", -Xmx" + heap + ": "
                + text.lines()
                        .filter(line -> line.startsWith("peak"))
                        .findFirst()
                        .orElse(text));
        return text;
    }

    private static String expected(int rows) {
        return "rows=%d bytes=%d sum=%d".formatted(rows, (long) rows * (ROW / 32) * 32, (long) rows * (rows + 1) / 2);
    }

    private long logBytes() throws Exception {
        List<String> status = server.query("SHOW MASTER STATUS").get(0);
        return Long.parseLong(status.get(1));
    }

    private void shouldReadACompressedTransaction(int rows, long mostCompressed, String heap) throws Exception {
        server.execute("FLUSH LOGS");
        long before = logBytes();
        write("logged", "BEGIN", rows, "COMMIT");
        assertThat(logBytes() - before).as("compressed").isLessThan(mostCompressed);
        assertThat(capture(heap)).contains(expected(rows));
    }

    @Test
    void shouldReadACompressedTransactionThatIsLargerThanTheHeap() throws Exception {
        shouldReadACompressedTransaction(3_000, 32 << 20, "64m");
    }

    @Test
    @Tag("long")
    void shouldReadACompressedTransactionOfAGigabyte() throws Exception {
        shouldReadACompressedTransaction(21_500, 32 << 20, "128m");
    }

    @Test
    void shouldReadAnXaTransactionThatIsLargerThanTheHeap() throws Exception {
        write("kept", "XA START 'x'", 2_000, "XA END 'x';XA PREPARE 'x'");
        server.executeIn(database, "INSERT INTO kept VALUES (0, '')", "XA COMMIT 'x'");
        assertThat(capture("64m")).contains(expected(2_000).replace("rows=2000", "rows=2001"));
    }

    /** Each of them alone is small. */
    @Test
    @Tag("long")
    void shouldReadManyXaTransactionsThatTogetherAreLargerThanTheHeap() throws Exception {
        int count = 400;
        int size = 240_000;
        for (int id = 1; id <= count; id++) {
            server.executeIn(
                    database,
                    "XA START '" + id + "'",
                    "INSERT INTO kept VALUES (" + id + ", REPEAT('x', " + size + "))",
                    "XA END '" + id + "'",
                    "XA PREPARE '" + id + "'");
        }
        for (int id = 1; id <= count; id++) {
            server.execute("XA COMMIT '" + id + "'");
        }
        assertThat(capture("64m"))
                .contains("rows=%d bytes=%d sum=%d".formatted(count, (long) count * size, count * (count + 1) / 2));
    }

    @Test
    @Tag("long")
    void shouldReadARowOfSeveralHundredMegabytes() throws Exception {
        long size = 400_000_000;
        server.executeIn(database, "INSERT INTO logged VALUES (1, REPEAT('x', " + size + "))");
        assertThat(capture("2g")).as("an eighth of the heap").contains("RowTooLargeException");
        assertThat(capture("2g", "500000000")).contains("rows=1 bytes=" + size + " sum=1");
    }

    @Test
    void shouldRefuseARowThatIsTooLargeForTheHeap() throws Exception {
        server.executeIn(database, "INSERT INTO logged VALUES (1, REPEAT('x', 20000000))");
        assertThat(capture("64m"))
                .contains("RowTooLargeException", "maxRowBytes")
                .doesNotContain("OutOfMemory");
    }

    @Test
    void shouldReadARowOfSeveralPackets() throws Exception {
        server.executeIn(database, "INSERT INTO kept VALUES (1, REPEAT('x', 40000000))");
        assertThat(capture("512m")).contains("rows=1 bytes=40000000 sum=1");
    }
}
