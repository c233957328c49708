// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.Geometry;
import io.millrace.core.NativeHeader;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.ZeroDate;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.Transaction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillTest {

    private static final TableSchema SCHEMA = new TableSchema(
            new TableId("shop", "everything"),
            Stream.of(ColumnType.values())
                    .map(type -> Column.of(type.name(), type))
                    .toList(),
            List.of("LONG"));

    @TempDir
    private Path directory;

    private final Random random = new Random(11);
    private @Nullable Spill open;

    private static final class TestTransaction extends Transaction {
        TestTransaction(long number) {
            super(number, "tx-" + number, null, 1_000 * number);
        }
    }

    private record End(long at) implements Boundary {}

    private record Header(String name, byte[] json) implements NativeHeader {}

    private enum Codec implements LogCodec {
        INSTANCE;

        @Override
        public void write(Transaction transaction, DataOutput out) throws IOException {
            out.writeLong(transaction.number());
        }

        @Override
        public Transaction readTransaction(DataInput in) throws IOException {
            return new TestTransaction(in.readLong());
        }

        @Override
        public void write(Boundary boundary, DataOutput out) throws IOException {
            out.writeLong(((End) boundary).at);
        }

        @Override
        public Boundary readBoundary(DataInput in) throws IOException {
            return new End(in.readLong());
        }

        @Override
        public void write(NativeHeader header, DataOutput out) throws IOException {
            out.writeUTF(header.name());
            out.writeInt(header.json().length);
            out.write(header.json());
        }

        @Override
        public NativeHeader readHeader(DataInput in) throws IOException {
            String name = in.readUTF();
            byte[] json = new byte[in.readInt()];
            in.readFully(json);
            return new Header(name, json);
        }
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    private Spill spill(long mostBytes) {
        open = new Spill(directory.resolve("spill"), "test", mostBytes, Codec.INSTANCE);
        return open;
    }

    /** What was read, in order. */
    private static final class Items implements SpillReader {

        final List<Object> all = new ArrayList<>();

        @Override
        public void change(Change change) {
            all.add(change);
        }

        @Override
        public void boundary(Boundary boundary, long number) {
            all.add(boundary);
            all.add(number);
        }

        Record record(int index) {
            return (Record) all.get(index);
        }
    }

    private static SourceInfo source(long transaction, @Nullable NativeHeader header) {
        return new SourceInfo("billing", "log.7", 4_711, new TestTransaction(transaction), 99, header);
    }

    private static Items readAll(Spill spill) {
        Items items = new Items();
        while (spill.read(items)) {}
        return items;
    }

    private RowImage randomRow() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Column column : SCHEMA.columns()) {
            int choice = random.nextInt(8);
            if (choice > 0) {
                values.put(column.name(), choice == 1 ? null : value(column.type()));
            }
        }
        return RowImage.of(SCHEMA, values);
    }

    private Object value(ColumnType type) {
        boolean zero = random.nextInt(4) == 0;
        ZeroDate zeroDate = new ZeroDate(random.nextInt(10_000), 0, random.nextInt(32), 0, 0, 0, 0);
        return switch (type) {
            case BOOLEAN -> random.nextBoolean();
            case INT -> random.nextInt();
            case LONG, BITS -> random.nextLong();
            case UNSIGNED_LONG -> new BigInteger(64, random);
            case FLOAT -> zero ? -0.0f : random.nextFloat();
            case DOUBLE -> zero ? -0.0 : random.nextGaussian();
            case DECIMAL -> new BigDecimal(new BigInteger(200, random).negate(), 30);
            case STRING -> "ä€😀 ".repeat(random.nextInt(100));
            case BYTES -> bytes(random.nextInt(300));
            case DATE -> zero ? zeroDate : LocalDate.ofEpochDay(random.nextInt(2_000_000) - 700_000);
            case DATETIME -> zero ? zeroDate : LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000);
            case TIMESTAMP -> zero ? zeroDate : Instant.ofEpochSecond(random.nextInt() * 100L, 123_456_000);
            case TIME -> Duration.ofNanos(random.nextInt() * 1_000_000L);
            case JSON -> "{\"a\":" + random.nextInt() + "}";
            case GEOMETRY -> new Geometry(random.nextInt(5_000), bytes(21));
            case VECTOR -> new float[] {random.nextFloat(), Float.NaN, -0.0f};
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** {@return every call that the row makes of a visitor} */
    private static List<String> shown(RowImage row) {
        List<String> calls = new ArrayList<>();
        ColumnVisitor visitor = (ColumnVisitor) Proxy.newProxyInstance(
                ColumnVisitor.class.getClassLoader(),
                new Class<?>[] {ColumnVisitor.class},
                (proxy, method, arguments) -> {
                    StringBuilder call = new StringBuilder(method.getName());
                    for (int i = 0; i < arguments.length; i++) {
                        if (arguments[i] instanceof byte[] block) {
                            int offset = (int) arguments[i + 1];
                            int length = (int) arguments[i + 2];
                            call.append(Arrays.toString(Arrays.copyOfRange(block, offset, offset + length)));
                            i += 2;
                        } else {
                            call.append(' ').append(arguments[i]);
                        }
                    }
                    calls.add(call.toString());
                    return null;
                });
        row.accept(visitor);
        for (int i = 0; i < row.schema().size(); i++) {
            row.accept(i, visitor);
            calls.add("has " + row.has(i));
        }
        return calls;
    }

    @Test
    void shouldGiveRowsBackThatShowTheSame() {
        Spill spill = spill(1 << 30);
        List<Record> written = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            RowImage row = randomRow();
            RowImage edited = i % 3 == 0 ? row.without("JSON").with("added", i).rename("INT", "renamed") : row;
            written.add(new Record(Record.Kind.UPDATE, randomRow(), edited, source(i / 10, null), i));
        }
        for (Record record : written) {
            assertThat(spill.write(out -> out.write(record))).isTrue();
        }
        assertThat(written).extracting(record -> record.row().isWhole()).contains(true, false);

        Items items = readAll(spill);

        for (int i = 0; i < written.size(); i++) {
            Record record = items.record(i);
            assertThat(shown(record.row())).isEqualTo(shown(written.get(i).row()));
            assertThat(record.toJson()).isEqualTo(written.get(i).toJson());
            assertThat(record.row().isWhole()).isEqualTo(written.get(i).row().isWhole());
            assertThat(record.row().schema().columns())
                    .isEqualTo(written.get(i).row().schema().columns());
        }
    }

    @Test
    void shouldGiveBackEverythingInItsOrderAndShareWhatWasShared() {
        Spill spill = spill(1 << 30);
        SourceInfo source = source(3, new Header("native", new byte[] {'{', '}'}));
        Record first = new Record(Record.Kind.INSERT, null, randomRow(), source, 0);
        Record second = new Record(Record.Kind.DELETE, randomRow(), null, source, 1);
        Statement statement = new Statement(
                Statement.Kind.RENAME_TABLE,
                "shop",
                List.of(new TableId("a", "b"), new TableId("c", "d")),
                "RENAME TABLE a.b TO c.d".repeat(10_000),
                source(4, null),
                0);
        spill.write(out -> {
            out.write(new End(2), 2);
            out.write(first);
            out.write(second);
            out.write(new End(3), 3);
        });
        spill.write(out -> out.write(statement));

        Items items = readAll(spill);

        assertThat(items.all).hasSize(7);
        assertThat(items.all.subList(0, 2)).containsExactly(new End(2), 2L);
        assertThat(items.record(2).kind()).isEqualTo(Record.Kind.INSERT);
        assertThat(items.record(2).before()).isNull();
        assertThat(items.record(3).after()).isNull();
        assertThat(items.record(3).ordinal()).isEqualTo(1);
        assertThat(items.record(2).source()).isSameAs(items.record(3).source());
        assertThat(items.record(2).source().transaction().number()).isEqualTo(3);
        assertThat(items.record(2).source().nativeHeader())
                .satisfies(header -> assertThat(header.json()).isEqualTo(new byte[] {'{', '}'}));
        assertThat(items.record(2).schema()).isSameAs(items.record(3).schema());
        assertThat(items.all.subList(4, 6)).containsExactly(new End(3), 3L);
        assertThat(((Statement) items.all.get(6)).toJson()).isEqualTo(statement.toJson());
        assertThat(spill.isEmpty()).isTrue();
        assertThat(spill.bytes()).isZero();
    }

    /** Where names of fields are data, each row may have a wide schema of its own: they must not fill the heap. */
    @Test
    void shouldGiveRowsBackWhoseSchemasAreTooManyToStayInMemory() {
        Spill spill = spill(1 << 30);
        List<Record> written = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            TableSchema schema = wide(i);
            RowImage before = RowImage.of(schema, Map.of("key", "{}", "f" + i, i));
            RowImage after = RowImage.of(schema, Map.of("key", "{}", "f" + i + "_1", i));
            Record record = new Record(Record.Kind.UPDATE, before, after, source(i, null), 0);
            written.add(record);
            assertThat(spill.write(out -> {
                        out.write(record);
                        out.write(new Record(Record.Kind.DELETE, before, null, record.source(), 1));
                    }))
                    .isTrue();
        }

        Items items = readAll(spill);

        for (int i = 0; i < written.size(); i++) {
            TableSchema schema = written.get(i).schema();
            Record read = items.record(2 * i);
            assertThat(read.toJson()).isEqualTo(written.get(i).toJson());
            assertThat(read.schema().table()).isEqualTo(schema.table());
            assertThat(read.schema().columns()).isEqualTo(schema.columns());
            assertThat(read.schema().primaryKey()).isEqualTo(schema.primaryKey());
            assertThat(read.schema().keyColumns()).isEqualTo(schema.keyColumns());
            assertThat(items.record(2 * i + 1).schema())
                    .as("read once")
                    .isSameAs(Objects.requireNonNull(read.before()).schema())
                    .isSameAs(read.schema());
        }
        Record last = items.record(2 * 399);
        assertThat(last.sizeBytes())
                .as("what holds a schema alone")
                .isGreaterThan(last.schema().sizeBytes());
        assertThat(items.record(2 * 399 + 1).sizeBytes())
                .isLessThan(last.schema().sizeBytes());
    }

    private static TableSchema wide(int number) {
        List<Column> columns = new ArrayList<>(List.of(new Column("key", ColumnType.JSON, "json", 3, false)));
        columns.add(Column.of("f" + number, ColumnType.INT));
        for (int i = 1; i < 500; i++) {
            columns.add(Column.of("f" + number + "_" + i, ColumnType.INT));
        }
        TableId table = new TableId("shop", "maps");
        return number % 2 == 0
                ? TableSchema.ofDocuments(table, columns, List.of("id"), "key")
                : new TableSchema(table, columns, List.of("key", "f" + number));
    }

    /** A row of which one column cannot be read. */
    private static final class Unreadable extends RowImage {

        private final RowImage row;
        private final RuntimeException failure;

        Unreadable(RowImage row, RuntimeException failure) {
            this.row = row;
            this.failure = failure;
        }

        @Override
        public TableSchema schema() {
            return row.schema();
        }

        @Override
        public void accept(ColumnVisitor visitor) {
            for (int i = 0; i < schema().size(); i++) {
                accept(i, visitor);
            }
        }

        @Override
        public void accept(int column, ColumnVisitor visitor) {
            if (column == 2) {
                throw failure;
            }
            row.accept(column, visitor);
        }

        @Override
        public int sizeBytes() {
            return row.sizeBytes();
        }

        @Override
        public boolean has(int column) {
            return row.has(column);
        }
    }

    @Test
    void shouldFailAtAColumnThatCouldNotBeRead() {
        Spill spill = spill(1 << 30);
        RowImage row = RowImage.of(SCHEMA, Map.of("INT", 5, "LONG", 7L));
        ChangeRejectedException rejected = new ChangeRejectedException(null, "bytes that are no text", null);
        spill.write(out -> {
            out.write(new Record(Record.Kind.INSERT, null, new Unreadable(row, rejected), source(1, null), 0));
            out.write(new Record(
                    Record.Kind.INSERT,
                    null,
                    new Unreadable(row, new IllegalStateException("cut")),
                    source(1, null),
                    1));
        });

        Items items = readAll(spill);

        assertThat(items.record(0).row().get("INT")).isEqualTo(5);
        assertThatThrownBy(() -> items.record(0).row().get("LONG"))
                .isInstanceOf(ChangeRejectedException.class)
                .hasMessage("bytes that are no text");
        assertThatThrownBy(() -> items.record(1).row().get("LONG"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cut");
    }

    @Test
    void shouldTakeNoMoreThanItMayUntilSomethingIsRead() {
        Spill spill = spill(100_000);
        Record record = new Record(
                Record.Kind.INSERT, null, RowImage.of(SCHEMA, Map.of("BYTES", bytes(30_000))), source(1, null), 0);
        int taken = 0;
        while (spill.write(out -> out.write(record))) {
            taken++;
        }

        assertThat(taken).isEqualTo(4);
        assertThat(spill.hasRoom()).isFalse();
        assertThat(spill.read(new Items())).isTrue();
        assertThat(spill.hasRoom()).isTrue();
        assertThat(spill.write(out -> out.write(record))).isTrue();
    }

    @Test
    void shouldCarryMoreThanASegmentWhileItIsReadAndLeaveNoFiles() throws Exception {
        Spill spill = spill(1L << 40);
        byte[] block = bytes(4 << 20);
        int count = 60;
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < count; i++) {
                RowImage row = RowImage.of(SCHEMA, Map.of("INT", i, "BYTES", block));
                Record record = new Record(Record.Kind.INSERT, null, row, source(i, null), 0);
                assertThat(spill.write(out -> out.write(record))).isTrue();
            }
        });
        Items items = new Items();
        while (items.all.size() < count) {
            spill.read(items);
        }
        writing.join();

        for (int i = 0; i < count; i++) {
            assertThat(items.record(i).row().get("INT")).isEqualTo(i);
            assertThat(items.record(i).row().getBytes("BYTES")).isEqualTo(block);
        }
        try (Stream<Path> files = Files.list(directory.resolve("spill"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldBeFullWhenTheDiskCannotBeWritten() throws Exception {
        Files.writeString(directory.resolve("spill"), "a file, where a directory should be");
        Spill spill = spill(1 << 20);

        boolean taken = spill.write(out -> out.write(new End(1), 1));

        assertThat(taken).isFalse();
        assertThat(spill.hasRoom()).isFalse();
        assertThat(spill.isEmpty()).isTrue();
    }

    @Test
    void shouldTakeNothingOnceItIsClosed() {
        Spill spill = spill(1 << 20);
        spill.write(out -> out.write(new End(1), 1));

        spill.close();

        assertThat(spill.write(out -> out.write(new End(2), 2))).isFalse();
        assertThat(spill.read(new Items())).isFalse();
        assertThat(spill.isEmpty()).isTrue();
    }

    @Test
    void shouldKeepOneOfSchemasThatSayTheSame() {
        Spill spill = spill(1 << 30);
        RowImage row = RowImage.of(SCHEMA, Map.of("LONG", 1L));
        for (int i = 0; i < 100; i++) {
            RowImage edited = row.with("added", i);
            Record record = new Record(Record.Kind.INSERT, null, edited, source(1, null), i);
            spill.write(out -> out.write(record));
        }

        Items items = readAll(spill);

        assertThat(items.all.stream().map(item -> ((Record) item).schema()).distinct())
                .hasSize(1);
    }
}
