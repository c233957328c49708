// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.LogLostException;
import io.millrace.mysql.MySqlTransaction.Gtid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MariaDbGtidsTest {

    private static MariaDbGtids gtids(String text) {
        return MariaDbGtids.parse(text);
    }

    @Test
    void shouldBeWrittenAsItIsRead() {
        assertThat(gtids(" 7-2-35,\n0-1-100").toString()).isEqualTo("0-1-100,7-2-35");
        assertThat(gtids("4294967295-4294967295-9223372036854775807").toString())
                .isEqualTo("4294967295-4294967295-9223372036854775807");
        assertThat(gtids("").isEmpty()).isTrue();
        assertThat(gtids("0-1-1")).isEqualTo(gtids("0-1-1")).isNotEqualTo(gtids("0-2-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0-1", "0-1-2-3", "a-1-2", "0-1-1,0-2-5", "4294967296-1-1", "0-1-9223372036854775808", "0-1-1;"})
    void shouldRefuseWhatIsNone(String text) {
        assertThatThrownBy(() -> gtids(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a GTID position of MariaDB");
    }

    @Test
    void shouldBeToldFromSetsOfMySql() {
        assertThat(MySqlPosition.gtids("0-1-5,2-1-1")).isInstanceOf(MySqlPosition.MariaDb.class);
        assertThat(MySqlPosition.gtids("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5"))
                .isInstanceOf(MySqlPosition.Gtids.class);
        assertThat(MySqlPosition.gtids("11111111-2222-3333-4444-555555555555:1-5"))
                .isInstanceOf(MySqlPosition.Gtids.class);
        assertThat(StartFrom.gtids("0-1-5")).isInstanceOf(StartFrom.DomainGtids.class);
        assertThat(StartFrom.gtids("11111111222233334444555555555555:1")).isInstanceOf(StartFrom.Gtids.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'0-1-5', '0-1-5', true",
        "'0-1-5', '0-2-4', true",
        "'0-1-5', '0-1-6', false",
        "'0-1-5', '', true",
        "'', '0-1-1', false",
        "'0-1-5,1-1-1', '0-1-5', true",
        "'0-1-5', '0-1-5,1-1-1', false",
        "'0-1-5,1-1-1', '0-1-4,1-1-2', false"
    })
    void shouldIncludeWhatIsNotBehindItInAnyDomain(String position, String other, boolean includes) {
        assertThat(gtids(position).includes(gtids(other))).isEqualTo(includes);
        assertThat(MySqlPosition.gtids(gtids(position)).includes(MySqlPosition.gtids(gtids(other))))
                .isEqualTo(includes);
    }

    @Test
    void shouldTakeTheLowerOfEachDomain() {
        assertThat(gtids("0-1-5,1-1-9,3-1-1").lowest(gtids("0-2-7,1-2-3,4-1-1")))
                .isEqualTo(gtids("0-1-5,1-2-3"));
    }

    @Test
    void shouldKeepWhereReadingBeginsInAPosition() {
        MySqlPosition.MariaDb one = new MySqlPosition.MariaDb(gtids("0-1-9"), gtids("0-1-3"));
        MySqlPosition.MariaDb other = new MySqlPosition.MariaDb(gtids("0-1-7"), null);

        assertThat(MySqlPosition.parse(one.toJson())).isEqualTo(one);
        assertThat(MySqlPosition.parse(other.toJson())).isEqualTo(other);
        assertThat(one.toJson()).isEqualTo("{\"mariadb_gtids\":\"0-1-9\",\"read_from\":\"0-1-3\"}");
        assertThat(one.lowest(other)).isEqualTo(new MySqlPosition.MariaDb(gtids("0-1-7"), gtids("0-1-3")));
        assertThat(other.lowest(one)).isEqualTo(new MySqlPosition.MariaDb(gtids("0-1-7"), gtids("0-1-3")));
        assertThatThrownBy(() -> new MySqlPosition.MariaDb(gtids("0-1-9"), gtids("0-1-10")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNotBeComparedWithPositionsOfOtherKinds() {
        MySqlPosition one = MySqlPosition.gtids("0-1-9");
        MySqlPosition other = MySqlPosition.gtids(GtidSet.empty());

        assertThatThrownBy(() -> one.includes(other)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> other.lowest(one)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one.includes(MySqlPosition.file("mariadb:1", "b.1", 4)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldMoveOnInEachDomainAndKeepWhereReadingBegins() {
        MariaDbTracker tracker = new MariaDbTracker(new MySqlPosition.MariaDb(gtids("0-1-5"), null));

        assertThat(tracker.advance(boundary("0-2-", 6, null))).isTrue();
        assertThat(tracker.advance(boundary("3-1-", 1, new DumpStart.Behind(gtids("0-2-6")))))
                .isTrue();
        assertThat(tracker.position().toJson())
                .isEqualTo("{\"mariadb_gtids\":\"0-2-6,3-1-1\",\"read_from\":\"0-2-6\"}");
        assertThat(tracker.advance(boundary("0-1-", 4, null)))
                .as("another one's end, which is behind")
                .isFalse();
        assertThat(tracker.position().toJson()).isEqualTo("{\"mariadb_gtids\":\"0-2-6,3-1-1\"}");
        assertThat(tracker.includes(MySqlPosition.gtids("0-1-6,3-1-1"))).isTrue();
        assertThat(tracker.includes(MySqlPosition.gtids("3-1-2"))).isFalse();
    }

    /** As a target that is ahead finds it, when another server has taken over that had not got all. */
    @Test
    void shouldNotTakeANumberThatWasGivenAnewForOneThatWasDelivered() {
        MariaDbTracker tracker = new MariaDbTracker(new MySqlPosition.MariaDb(gtids("0-1-5,1-7-9"), null));

        assertThat(tracker.advance(boundary("0-2-", 4, null))).isFalse();
        assertThatThrownBy(() -> tracker.advance(boundary("0-2-", 5, null)))
                .isInstanceOfSatisfying(
                        LogLostException.class, e -> assertThat(e.missing()).isEqualTo("0-1-5"))
                .hasMessageContaining("has transaction 0-2-5 where 0-1-5 was delivered");
    }

    /** One is prepared in domain 2, another behind it in domain 1, and the first is committed in domain 1. */
    @Test
    void shouldMoveOverWhatWasPreparedInAnotherDomain() {
        MariaDbTracker tracker = new MariaDbTracker(new MySqlPosition.MariaDb(gtids("1-1-9,2-1-4"), null));

        tracker.advance(new MySqlBoundary(
                new Gtid("1-1-", 11),
                new Gtid("2-1-", 5),
                "b.000001",
                500,
                new DumpStart.Behind(gtids("1-1-9,2-1-5")),
                null));

        assertThat(tracker.position().toJson())
                .isEqualTo("{\"mariadb_gtids\":\"1-1-11,2-1-5\",\"read_from\":\"1-1-9,2-1-5\"}");
    }

    private static MySqlBoundary boundary(String source, long number, DumpStart readFrom) {
        return new MySqlBoundary(new Gtid(source, number), Gtid.ANONYMOUS, "b.000001", 500, readFrom, null);
    }

    @Test
    void shouldKeepBoundariesThroughTheCodec() throws Exception {
        for (DumpStart readFrom : new DumpStart[] {
            null, new DumpStart.Behind(gtids("0-1-5,7-7-7")), new MySqlPosition.Place("b.000001", 77)
        }) {
            MySqlBoundary boundary = boundary("0-1-", 7, readFrom);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            MySqlLogCodec.INSTANCE.write(boundary, new DataOutputStream(bytes));

            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
            assertThat(MySqlLogCodec.INSTANCE.readBoundary(in)).isEqualTo(boundary);
        }
    }
}
