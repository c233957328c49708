// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.mysql.MySqlTransaction.Gtid;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GtidSetTest {

    private static final String A = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private static final String B = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            %A:5                  | %A:5
            %A:1-3:7              | %A:1-3:7
            %A:4:1-3              | %A:1-4
            %A:1-3:2-9            | %A:1-9
            %A:9:1:5:3:7          | %A:1:3:5:7:9
            %B:1,%A:2             | %A:2,%B:1
            %A:1, %A:2            | %A:1-2
            %A:tag:1-2            | %A:tag:1-2
            %A:1:tag:2:other:3    | %A:1,%A:other:3,%A:tag:2
            """)
    void shouldWriteWhatMySqlWrites(String text, String canonical) {
        String expected = canonical.replace("%A", A).replace("%B", B);

        GtidSet set = GtidSet.parse(text.replace("%A", A).replace("%B", B));

        assertThat(set).hasToString(expected);
        assertThat(GtidSet.parse(expected)).isEqualTo(set);
    }

    @Test
    void shouldReadUpperCaseWhiteSpaceAndUuidsWithoutDashes() {
        String text = A.toUpperCase().replace("-", "") + ":1-5 ,\n" + B + ":7";

        assertThat(GtidSet.parse(text)).hasToString(A + ":1-5," + B + ":7");
        assertThat(GtidSet.parse(" ").isEmpty()).isTrue();
    }

    /** Servers write nothing between the sources; more than the digits of a UUID are the thread's. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                             | ""
            %A:4#17                        | %A:4
            %A:4#17:9#1:5#18               | %A:4-5:9
            %A:4#1%B:7#20:8#3%A:5#2        | %A:4-5,%B:7-8
            %A:4#1,%B:7#20                 | %A:4,%B:7
            %A:tag:4#1%A:5#6%B:tag:7#8     | %A:5,%A:tag:4,%B:tag:7
            """)
    void shouldReadWhatIsOwned(String owned, String expected) {
        assertThat(GtidSet.parseOwned(owned.replace("%A", A).replace("%B", B)))
                .hasToString(expected.replace("%A", A).replace("%B", B));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "%A", "%A:", "%A:0", "%A:5-3", "%A:1-", "%A:99999999999999999999", "%A:1;%A:2", "%A:T-g:1"})
    void shouldRefuseWhatIsNoSet(String text) {
        assertThatThrownBy(() -> GtidSet.parse(text.replace("%A", A)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a set of GTIDs");
    }

    /** Every operation against a set of bits, over random sets that touch, overlap and have gaps. */
    @Test
    void shouldAgreeWithASetOfBits() {
        Random random = new Random(42);
        for (int round = 0; round < 2_000; round++) {
            BitSet a = bits(random);
            BitSet b = bits(random);
            GtidSet setA = set(a);
            GtidSet setB = set(b);

            BitSet both = (BitSet) a.clone();
            both.and(b);
            BitSet only = (BitSet) a.clone();
            only.andNot(b);
            assertThat(setA.intersect(setB)).isEqualTo(set(both));
            assertThat(setA.minus(setB)).isEqualTo(set(only));
            assertThat(setA.containsAll(setB)).isEqualTo(both.equals(b));
        }
    }

    @Test
    void shouldTrackTransactionsInAnyOrder() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            BitSet executed = bits(random);
            GtidTracker tracker = new GtidTracker(new MySqlPosition.Gtids(set(executed)));
            for (int i = 0; i < 40; i++) {
                int number = 1 + random.nextInt(60);
                Gtid gtid = new Gtid(A, number);
                assertThat(tracker.includes(transaction(gtid))).isEqualTo(executed.get(number));

                boolean moved =
                        tracker.advance(new MySqlBoundary(gtid, Gtid.ANONYMOUS, "binlog.000001", 4, null, null));

                assertThat(moved).isEqualTo(!executed.get(number));
                executed.set(number);
                assertThat(tracker.position()).isEqualTo(MySqlPosition.gtids(set(executed)));
                MySqlPosition other = MySqlPosition.gtids(set(bits(random)));
                assertThat(tracker.includes(other)).isEqualTo(tracker.position().includes(other));
            }
        }
    }

    private static MySqlTransaction transaction(Gtid gtid) {
        return new MySqlTransaction(1, gtid.toString(), gtid, 0, new MySqlPosition.Place("binlog.000001", 4));
    }

    private static BitSet bits(Random random) {
        BitSet bits = new BitSet();
        for (int i = random.nextInt(6); i > 0; i--) {
            int first = 1 + random.nextInt(50);
            bits.set(first, first + 1 + random.nextInt(10));
        }
        return bits;
    }

    private static GtidSet set(BitSet bits) {
        StringBuilder text = new StringBuilder();
        bits.stream()
                .forEach(number ->
                        text.append(text.isEmpty() ? A : "").append(':').append(number));
        return GtidSet.parse(text.toString());
    }
}
