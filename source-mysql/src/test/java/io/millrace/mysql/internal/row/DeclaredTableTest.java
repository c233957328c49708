// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Table maps of a server, of which parts are taken out that other servers do not write. */
@ExtendWith(MySqlExtension.class)
class DeclaredTableTest {

    private static final int TABLE_MAP = 19;
    private static final List<DeclaredColumn> COLUMNS = List.of(
            column("id", "int", -1, 0, true, false, null),
            column("a", "varchar", 5, 0, false, true, "latin1"),
            column("b", "char", 3, 0, false, true, "utf8mb4"),
            new DeclaredColumn("c", new DeclaredType("enum", -1, 0, false, List.of("x", "é")), true, null),
            column("d", "decimal", 5, 2, true, true, null),
            column("e", "blob", -1, 0, false, true, null),
            column("f", "point", -1, 0, false, true, null),
            column("g", "binary", 4, 0, false, true, null),
            column("h", "timestamp", -1, 3, false, null, null),
            column("i", "bit", 9, 0, false, true, null),
            column("j", "mediumtext", -1, 0, false, true, "utf8mb4"));

    private static BinlogFile.Event full;

    /** What table maps tell beside types. */
    enum Logged {
        /** As MySQL 8 with {@code binlog_row_metadata=MINIMAL}: signs, charsets of text, types of geometries. */
        MINIMAL(Set.of(1, 2, 3, 7)),
        /** As MySQL 5.7. */
        NOTHING(Set.of());

        private final Set<Integer> kinds;

        Logged(Set<Integer> kinds) {
            this.kinds = kinds;
        }

        byte[] of(BinlogFile.Event event) {
            EventReader reader = new EventReader(event.bytes(), event.offset(), event.end());
            RowLayout.read(reader, ServerFamily.MYSQL);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(event.bytes(), event.offset(), reader.position() - event.offset());
            while (reader.remaining() > 0) {
                int begin = reader.position();
                int kind = reader.u8();
                reader.skip(reader.packed());
                if (kinds.contains(kind)) {
                    bytes.write(event.bytes(), begin, reader.position() - begin);
                }
            }
            return bytes.toByteArray();
        }
    }

    private static DeclaredColumn column(
            String name, String type, int length, int scale, boolean unsigned, Boolean nullable, String charset) {
        return new DeclaredColumn(name, new DeclaredType(type, length, scale, unsigned, List.of()), nullable, charset);
    }

    @BeforeAll
    static void log(MySqlServer server) throws SQLException {
        try (Session session = new Session(server)) {
            session.run("CREATE TABLE t (id INT UNSIGNED PRIMARY KEY, a VARCHAR(5) CHARACTER SET latin1,"
                    + " b CHAR(3) CHARACTER SET utf8mb4, c ENUM('x','é'), d DECIMAL(5,2) UNSIGNED, e BLOB, f POINT,"
                    + " g BINARY(4), h TIMESTAMP(3) NULL, i BIT(9), j MEDIUMTEXT)");
            full = session.eventsOf("INSERT INTO t (id) VALUES (1)").stream()
                    .filter(event -> event.type() == TABLE_MAP)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static TableMap parse(byte[] map, List<DeclaredColumn> columns) {
        return TableMap.parse(map, 0, map.length, ServerFamily.MYSQL, false, new DeclaredTable(columns, List.of("id")));
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeTheSameOfATableAsALogThatNamesColumns(Logged logged) {
        TableMap named = TableMap.parse(full.bytes(), full.offset(), full.end());

        TableMap map = parse(logged.of(full), COLUMNS);

        assertThat(map.schema().columns()).isEqualTo(named.schema().columns());
        assertThat(map.schema().primaryKey()).containsExactly("id");
    }

    private static List<DeclaredColumn> with(int index, DeclaredColumn other) {
        List<DeclaredColumn> columns = new ArrayList<>(COLUMNS);
        columns.set(index, other);
        return columns;
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatTheTypesContradict(Logged logged) {
        byte[] map = logged.of(full);

        assertContradicted(map, COLUMNS.subList(0, 10));
        assertContradicted(map, with(0, column("id", "bigint", -1, 0, true, false, null)));
        assertContradicted(map, with(0, column("id", "int", -1, 0, true, true, null)));
        assertContradicted(map, with(1, column("a", "varchar", 6, 0, false, true, "latin1")));
        assertContradicted(map, with(1, column("a", "varchar", 5, 0, false, true, "utf8mb4")));
        assertContradicted(map, with(2, column("b", "varchar", 3, 0, false, true, "utf8mb4")));
        assertContradicted(map, with(3, COLUMNS.get(6)));
        assertContradicted(map, with(4, column("d", "decimal", 5, 1, true, true, null)));
        assertContradicted(map, with(5, column("e", "json", -1, 0, false, true, null)));
        assertContradicted(map, with(7, column("g", "binary", 5, 0, false, true, null)));
        assertContradicted(map, with(8, column("h", "timestamp", -1, 2, false, null, null)));
        assertContradicted(map, with(8, column("h", "datetime", -1, 3, false, null, null)));
        assertContradicted(map, with(9, column("i", "bit", 10, 0, false, true, null)));
    }

    @Test
    void shouldRefuseWhatSignsAndCharsetsContradict() {
        byte[] map = Logged.MINIMAL.of(full);

        assertContradicted(map, with(0, column("id", "int", -1, 0, false, false, null)));
        assertContradicted(map, with(4, column("d", "decimal", 5, 2, false, true, null)));
        assertContradicted(map, with(1, column("a", "varchar", 5, 0, false, true, "latin2")));
        assertContradicted(map, with(5, column("e", "text", -1, 0, false, true, "latin1")));
        assertContradicted(map, with(6, column("f", "polygon", -1, 0, false, true, null)));
    }

    @Test
    void shouldRefuseTextOfACharsetThatIsNotKnown() {
        byte[] map = Logged.NOTHING.of(full);

        assertContradicted(map, with(10, column("j", "mediumtext", -1, 0, false, true, null)));
        assertContradicted(map, with(10, column("j", "mediumtext", -1, 0, false, true, "tomorrows")));
        assertThat(parse(Logged.MINIMAL.of(full), with(10, column("j", "text", -1, 0, false, true, null)))
                        .schema()
                        .column(10)
                        .nativeType())
                .isEqualTo("mediumtext");
    }

    private static void assertContradicted(byte[] map, List<DeclaredColumn> columns) {
        assertThatThrownBy(() -> parse(map, columns)).isInstanceOf(SchemaMismatchException.class);
    }

    @Test
    void shouldTakeTheNamesOfTheLogWhereItHasThem() {
        TableMap map = TableMap.parse(
                full.bytes(),
                full.offset(),
                full.end(),
                ServerFamily.MYSQL,
                false,
                new DeclaredTable(List.of(), List.of()));

        assertThat(map.schema().column(1).name()).isEqualTo("a");
        assertThat(TableMap.namesColumns(full.bytes(), full.offset(), full.end(), ServerFamily.MYSQL))
                .isTrue();
        byte[] minimal = Logged.MINIMAL.of(full);
        assertThat(TableMap.namesColumns(minimal, 0, minimal.length, ServerFamily.MYSQL))
                .isFalse();
    }
}
