// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.MySqlTransaction.Gtid;
import io.millrace.mysql.internal.binlog.EventTypes;
import io.millrace.mysql.internal.binlog.HandmadeEvent;
import io.millrace.mysql.internal.binlog.MariaDbGtid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogPlaceTest {

    private static final long GIB = 1L << 30;

    private final LogPlace place = LogPlace.ofFile(new Place("b.000001", 4), new Place("b.000001", 4), () -> null);

    @BeforeEach
    void beginGroup() {
        place.moveTo(HandmadeEvent.at(EventTypes.MARIADB_GTID, 42, 500));
        place.beginGroup(new GroupStart(new Gtid("0-1-", 7), 0, MariaDbGtid.Form.TRANSACTION, ""), place.offset() - 42);
    }

    private void rows(long size) {
        place.moveTo(HandmadeEvent.at(EventTypes.WRITE_ROWS_V1, size, 0));
    }

    /** Only the transaction's end says where it is, and that with 32 bits; what was not sent lies between. */
    @Test
    void shouldCountEventsThatDoNotTellWhereTheyEnd() {
        for (int i = 0; i < 9; i++) {
            rows(GIB);
            assertThat(place.offset()).as("of the group").isEqualTo(500);
        }
        long end = 500 + 9 * GIB + 1_000 + 31;
        place.moveTo(HandmadeEvent.at(EventTypes.XID, 31, end & 0xffff_ffffL));

        assertThat(place.offset()).isEqualTo(end);
    }

    @Test
    void shouldCountAnewBehindEachPlaceThatIsTold() {
        rows(3 * GIB);
        place.moveTo(HandmadeEvent.at(EventTypes.XID, 31, 3 * GIB + 600));
        place.moveTo(HandmadeEvent.at(EventTypes.MARIADB_GTID, 42, 3 * GIB + 642));

        assertThat(place.offset()).isEqualTo(3 * GIB + 642);
    }

    @Test
    void shouldNotCountWhatStandsInNoGroup() {
        place.endGroup();
        rows(5 * GIB);
        place.moveTo(HandmadeEvent.at(EventTypes.MARIADB_GTID, 42, 1_000));

        assertThat(place.offset()).isEqualTo(1_000);
    }
}
