// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.PermanentException;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlPosition.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {

    @TempDir
    Path directory;

    private HistoryFile file;
    private String first;
    private String second;

    @BeforeEach
    void store() throws IOException {
        file = file();
        first = file.append(null, table("a"));
        second = file.append(first, table("b"));
    }

    private HistoryFile file() {
        return new HistoryFile(directory.resolve("made"), "p");
    }

    private static ObjectNode table(String name) {
        Changes changes = new Changes(new Catalog(), TableFilter.includeAll());
        changes.put(new TableId("db", name), TableState.unknown("why " + name));
        return changes.toJson();
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file.file());
    }

    private static List<String> tables(Catalog catalog) {
        return Objects.requireNonNull(catalog).tables().stream()
                .map(TableId::name)
                .sorted()
                .toList();
    }

    @Test
    void shouldFindEachState() throws IOException {
        assertThat(tables(file().load(first))).containsExactly("a");
        assertThat(tables(file().load(second))).containsExactly("a", "b");
        assertThat(file().load("unknown")).isNull();
        assertThat(new HistoryFile(directory, "q").load(first)).isNull();
    }

    /** A target that is behind reads the same statements again. */
    @Test
    void shouldKnowAStateThatIsReachedAgain() throws IOException {
        List<String> before = lines();

        assertThat(file().append(first, table("b"))).isEqualTo(second);
        assertThat(lines()).isEqualTo(before);
    }

    @Test
    void shouldTellStatesApartByTheirPast() throws IOException {
        String other = file.append(null, table("b"));
        String branch = file.append(first, table("c"));

        assertThat(other).isNotEqualTo(second);
        assertThat(tables(file.load(other))).containsExactly("b");
        assertThat(tables(file.load(branch))).containsExactly("a", "c");
    }

    @Test
    void shouldNotCountALineThatWasNotWrittenToItsEnd() throws IOException {
        String text = Files.readString(file.file());
        Files.writeString(file.file(), text.substring(0, text.length() - 9));

        assertThat(file().load(second)).isNull();
        assertThat(file().append(first, table("b"))).isEqualTo(second);
        assertThat(tables(file().load(second))).containsExactly("a", "b");
    }

    /** A character may be cut as well. */
    @Test
    void shouldReadOnBehindBytesThatAreNoText() throws IOException {
        Files.write(file.file(), new byte[] {'t', 'o', 'r', 'n', (byte) 0xc3, '\n'}, StandardOpenOption.APPEND);

        String third = file().append(second, table("c"));

        assertThat(tables(file().load(third))).containsExactly("a", "b", "c");
    }

    @Test
    void shouldNotTakeADamagedState() throws IOException {
        Files.writeString(file.file(), Files.readString(file.file()).replace("why a", "why x"));

        assertThat(file().load(first)).isNull();
        assertThat(file().load(second)).isNull();
    }

    @Test
    void shouldRefuseANewerFormat() throws IOException {
        Files.writeString(file.file(), Files.readString(file.file()).replace("schemas 1", "schemas 2"));

        assertThatThrownBy(() -> file().load(first))
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("p.schemas");
    }

    @Test
    void shouldForgetOnlyThePastWhenItShortens() throws IOException {
        String present = second;
        for (int i = 0; i < 100; i++) {
            present = file.append(present, table(i % 2 == 0 ? "c" : "b"));
        }
        String later = file.append(present, table("d"));
        HistoryFile large = new HistoryFile(directory.resolve("made"), "p", 1);

        large.shorten(present, Objects.requireNonNull(large.load(present)));

        assertThat(lines()).hasSize(3);
        assertThat(file().load(second)).isNull();
        assertThat(tables(file().load(present))).containsExactly("a", "b", "c");
        assertThat(tables(large.load(later))).containsExactly("a", "b", "c", "d");
        assertThat(tables(large.load(large.append(later, table("e"))))).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void shouldNotForgetWhatWaitsWhenItShortens() throws IOException {
        TableId table = new TableId("db", "a");
        Changes changes = new Changes(new Catalog(), TableFilter.includeAll());
        changes.begin(new Place("log.1", 40));
        changes.keep("one", table, TableState.unknown("why one"));
        changes.keep("two", table, TableState.unknown("why two"));
        String kept = file.append(second, changes.toJson());
        Changes end = new Changes(new Catalog(), TableFilter.includeAll());
        end.release("one");
        String present = file.append(kept, end.toJson());
        for (int i = 0; i < 100; i++) {
            present = file.append(present, table("b" + i % 2));
        }
        HistoryFile large = new HistoryFile(directory.resolve("made"), "p", 1);

        large.shorten(present, Objects.requireNonNull(large.load(present)));

        assertThat(file().load(kept)).isNull();
        Catalog catalog = Objects.requireNonNull(file().load(present));
        assertThat(catalog.prepared()).isEqualTo(Map.of("two", Map.of(table, TableState.unknown("why two"))));
        assertThat(catalog.isBegunBehind(new Place("log.1", 39))).isTrue();
        assertThat(catalog.isBegunBehind(new Place("log.1", 40))).isFalse();
    }

    @Test
    void shouldForgetEverythingOfALargeFileOnly() throws IOException {
        file.clear();
        assertThat(file().load(second)).isNotNull();

        HistoryFile large = new HistoryFile(directory.resolve("made"), "p", 1);
        large.clear();
        large.clear();

        assertThat(large.load(second)).isNull();
        String other = large.append(null, table("c"));
        assertThat(tables(file().load(other))).containsExactly("c");
    }

    @Test
    void shouldNotWriteToTheMiddleOfALine() throws IOException {
        Files.writeString(file.file(), "torn", StandardOpenOption.APPEND);

        String third = file.append(second, table("c"));

        assertThat(tables(file().load(third))).containsExactly("a", "b", "c");
    }
}
