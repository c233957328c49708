// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.source.load.LoadPosition;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.MySqlTransaction.Gtid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MySqlPositionTest {

    private static final String SERVER = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    @Test
    void shouldReadWhatItWrote() {
        MySqlPosition gtids = MySqlPosition.gtids(SERVER + ":1-5:7");
        MySqlPosition file = MySqlPosition.file(SERVER, "binlog.000003", 4_000_000_000L);

        assertThat(MySqlPosition.parse(gtids.toJson())).isEqualTo(gtids);
        assertThat(MySqlPosition.parse(file.toJson())).isEqualTo(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"gtids\":1}",
                "{\"gtids\":\"x\"}",
                "{\"file\":\"a.1\"}",
                "{\"file\":\"a\",\"offset\":4}"
            })
    void shouldRefuseWhatIsNoPosition(String json) {
        assertThatThrownBy(() -> MySqlPosition.parse(json)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldOrderFilesByNumber() {
        MySqlPosition before = MySqlPosition.file(SERVER, "binlog.999999", 90_000);
        MySqlPosition after = MySqlPosition.file(SERVER, "binlog.1000000", 4);

        assertThat(after.includes(before)).isTrue();
        assertThat(before.includes(after)).isFalse();
        assertThat(after.lowest(before)).isEqualTo(before);
    }

    @Test
    void shouldNotComparePositionsOfDifferentLogs() {
        MySqlPosition file = MySqlPosition.file(SERVER, "binlog.000001", 4);
        MySqlPosition elsewhere = MySqlPosition.file("another", "binlog.000001", 4);

        assertThatThrownBy(() -> file.includes(elsewhere)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.includes(MySqlPosition.gtids(""))).isInstanceOf(IllegalArgumentException.class);
    }

    /** Their numbers begin anew when {@code log_bin} changes. */
    @Test
    void shouldNotOrderFilesOfDifferentBaseNames() {
        MySqlPosition.File old = new MySqlPosition.File(SERVER, "alpha.000004", 700);
        MySqlPosition renamed = MySqlPosition.file(SERVER, "beta.000001", 4);
        FileTracker tracker = new FileTracker(old);
        MySqlTransaction transaction = new MySqlTransaction(1, "id", Gtid.ANONYMOUS, 0, new Place("beta.000001", 4));

        assertThatThrownBy(() -> old.includes(renamed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alpha.000004")
                .hasMessageContaining("beta.000001");
        assertThatThrownBy(() -> renamed.lowest(old)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tracker.includes(transaction)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tracker.advance(boundary("beta.000001", 900, null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(tracker.position()).isEqualTo(old);
    }

    @Test
    void shouldTakeTheIntersectionOfSetsAsTheLowest() {
        MySqlPosition one = MySqlPosition.gtids(SERVER + ":1-5");
        MySqlPosition other = MySqlPosition.gtids(SERVER + ":3-9");

        assertThat(one.includes(other)).isFalse();
        assertThat(other.includes(one)).isFalse();
        assertThat(one.lowest(other)).isEqualTo(MySqlPosition.gtids(SERVER + ":3-5"));
    }

    @Test
    void shouldNotMoveAFilePositionBackwards() {
        FileTracker tracker = new FileTracker(new MySqlPosition.File(SERVER, "binlog.000002", 500));

        assertThat(tracker.advance(boundary("binlog.000001", 900, null))).isFalse();
        assertThat(tracker.position()).isEqualTo(MySqlPosition.file(SERVER, "binlog.000002", 500));
        assertThat(tracker.advance(boundary("binlog.000003", 4, null))).isTrue();
        assertThat(tracker.position()).isEqualTo(MySqlPosition.file(SERVER, "binlog.000003", 4));
    }

    /** Reading begins further back, and passes over what lies between. */
    @Test
    void shouldKeepWhereReadingHasToBegin() {
        FileTracker tracker = new FileTracker(new MySqlPosition.File(SERVER, "binlog.000002", 500));
        Place readFrom = new Place("binlog.000002", 700);

        assertThat(tracker.advance(boundary("binlog.000002", 5L << 32, readFrom)))
                .isTrue();
        MySqlPosition.File position = (MySqlPosition.File) tracker.position();
        assertThat(position).isEqualTo(new MySqlPosition.File(SERVER, "binlog.000002", 5L << 32, readFrom));
        assertThat(MySqlPosition.parse(position.toJson())).isEqualTo(position);
        assertThat(position.includes(MySqlPosition.file(SERVER, "binlog.000002", 4_000_000_000L)))
                .isTrue();
        assertThat(position.lowest(MySqlPosition.file(SERVER, "binlog.000003", 4)))
                .isEqualTo(position);
    }

    /** Prepared transactions of the higher position have to be read, too. */
    @Test
    void shouldTakeTheLowestPlaceToReadFromAsTheLowest() {
        Place prepared = new Place("binlog.000001", 551);
        MySqlPosition.File ahead = new MySqlPosition.File(SERVER, "binlog.000003", 1_247, prepared);
        MySqlPosition.File between = new MySqlPosition.File(SERVER, "binlog.000002", 900);
        MySqlPosition.File before = new MySqlPosition.File(SERVER, "binlog.000001", 551);

        assertThat(ahead.lowest(between))
                .isEqualTo(new MySqlPosition.File(SERVER, "binlog.000002", 900, prepared))
                .isEqualTo(between.lowest(ahead));
        assertThat(ahead.lowest(before)).isEqualTo(before).isEqualTo(before.lowest(ahead));
    }

    // ---- with what tables look like there

    @Test
    void shouldReadBackWhatNamesAStateOfTheTables() {
        for (MySqlPosition position : List.of(
                new MySqlPosition.Gtids(GtidSet.parse(SERVER + ":1-7"), "abc"),
                new MySqlPosition.File(SERVER, "binlog.000002", 500, null, "abc"))) {
            assertThat(position.toJson()).contains("\"schema\":\"abc\"");
            assertThat(MySqlPosition.parse(position.toJson())).isEqualTo(position);
        }
        assertThat(MySqlPosition.gtids(SERVER + ":1-7").toJson()).doesNotContain("schema");
    }

    /** A state holds at its own place only. */
    @Test
    void shouldTakeTheStateOfTheLowest() {
        MySqlPosition few = new MySqlPosition.Gtids(GtidSet.parse(SERVER + ":1-5"), "few");
        MySqlPosition many = new MySqlPosition.Gtids(GtidSet.parse(SERVER + ":1-9"), "many");
        MySqlPosition other = new MySqlPosition.Gtids(GtidSet.parse(SERVER + ":3-7"), "other");
        assertThat(few.lowest(many)).isEqualTo(few).isEqualTo(many.lowest(few));
        assertThat(few.lowest(other)).isEqualTo(MySqlPosition.gtids(SERVER + ":3-5"));

        MySqlPosition.File low = new MySqlPosition.File(SERVER, "binlog.000002", 500, null, "low");
        MySqlPosition.File high = new MySqlPosition.File(SERVER, "binlog.000002", 900, null, "high");
        assertThat(low.lowest(high)).isEqualTo(low).isEqualTo(high.lowest(low));
    }

    /** What other targets have read before leaves this one's place, and so its state, as it is. */
    @Test
    void shouldTakeANewStateOnlyWithANewPlace() {
        GtidTracker gtids = new GtidTracker(new MySqlPosition.Gtids(GtidSet.parse(SERVER + ":1-5"), "old"));
        assertThat(gtids.advance(end(5, "passed"))).isFalse();
        assertThat(gtids.position()).isEqualTo(new MySqlPosition.Gtids(GtidSet.parse(SERVER + ":1-5"), "old"));
        assertThat(gtids.advance(end(6, "new"))).isTrue();
        assertThat(gtids.position()).isEqualTo(new MySqlPosition.Gtids(GtidSet.parse(SERVER + ":1-6"), "new"));

        FileTracker file = new FileTracker(new MySqlPosition.File(SERVER, "binlog.000001", 600, null, "old"));
        assertThat(file.advance(end(5, "passed"))).isFalse();
        assertThat(((MySqlPosition.File) file.position()).schema()).isEqualTo("old");
        assertThat(file.advance(end(6, "new"))).isFalse();
        assertThat(file.advance(end(7, "new"))).isTrue();
        assertThat(((MySqlPosition.File) file.position()).schema()).isEqualTo("new");
    }

    @Test
    void shouldWriteTheStateOfABoundaryToTheSpill() throws IOException {
        for (MySqlBoundary boundary : List.of(end(5, "state"), boundary("binlog.000001", 4, null))) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            MySqlLogCodec.INSTANCE.write(boundary, new DataOutputStream(bytes));
            assertThat(MySqlLogCodec.INSTANCE.readBoundary(
                            new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))))
                    .isEqualTo(boundary);
        }
    }

    private static MySqlBoundary end(long number, String schema) {
        return new MySqlBoundary(new Gtid(SERVER, number), Gtid.ANONYMOUS, "binlog.000001", 100 * number, null, schema);
    }

    /** What is loaded comes before the log, of whichever kind its position is. */
    @Test
    void shouldIncludeALoadThatGoesOnToTheLog() {
        for (MySqlPosition log : List.of(
                MySqlPosition.gtids(SERVER + ":1-9"),
                MySqlPosition.gtids("0-1-9"),
                MySqlPosition.file(SERVER, "binlog.000003", 900))) {
            LoadPosition loading = new LoadPosition(log, null);

            assertThat(log.includes(loading)).isTrue();
            assertThat(loading.includes(log)).isFalse();
            assertThat(log.lowest(loading)).isEqualTo(loading).isEqualTo(loading.lowest(log));
        }
        LoadPosition elsewhere = new LoadPosition(MySqlPosition.file("another", "binlog.000001", 4), null);
        assertThatThrownBy(
                        () -> MySqlPosition.file(SERVER, "binlog.000003", 900).includes(elsewhere))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseToReadFromBehindThePosition() {
        Place behind = new Place("binlog.000003", 4);
        assertThatThrownBy(() -> new MySqlPosition.File(SERVER, "binlog.000002", 500, behind))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("binlog.000003");
    }

    private static MySqlBoundary boundary(String file, long offset, @Nullable Place readFrom) {
        return new MySqlBoundary(Gtid.ANONYMOUS, Gtid.ANONYMOUS, file, offset, readFrom, null);
    }
}
