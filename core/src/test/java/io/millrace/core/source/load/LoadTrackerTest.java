// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Position;
import io.millrace.core.TableId;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.core.source.load.NumberedLog.At;
import io.millrace.core.source.load.NumberedLog.End;
import io.millrace.core.source.load.NumberedLog.Tx;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadTrackerTest {

    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableId PEOPLE = new TableId("shop", "people");
    private static final Transaction OF_ORDERS = new LoadTransaction(1, "load:shop.orders:0:x", ORDERS);
    private static final Transaction OF_PEOPLE = new LoadTransaction(2, "load:shop.people:0:x", PEOPLE);

    private static PositionTracker tracker(Position from) {
        return LoadTracker.at(from, NumberedLog.Tracker::new);
    }

    private static LoadedTo to(TableId table, String pass, long rows) {
        return new LoadedTo(table, pass, rows, List.of("id int"), List.of(Long.toString(rows)));
    }

    private static boolean advance(PositionTracker tracker, LoadedTo to) {
        return tracker.advance(new LoadBoundary(to));
    }

    @Test
    void shouldMoveOverTablesAndThenOverTheLog() {
        PositionTracker tracker = tracker(new LoadPosition(new At(7), null));

        assertThat(tracker.includes(OF_ORDERS)).isFalse();
        assertThat(advance(tracker, to(ORDERS, "p", 100))).isTrue();
        assertThat(advance(tracker, to(ORDERS, "p", 100))).isFalse();
        assertThat(advance(tracker, to(ORDERS, "p", 50))).isFalse();
        assertThat(tracker.includes(OF_ORDERS)).as("rows of it may come again").isFalse();
        assertThat(advance(tracker, to(PEOPLE, "r", 1))).isTrue();
        assertThat(tracker.includes(OF_ORDERS)).isTrue();
        assertThat(tracker.includes(OF_PEOPLE)).isFalse();
        assertThat(advance(tracker, to(ORDERS, "s", 9_000))).isFalse();
        assertThat(tracker.position()).isEqualTo(new LoadPosition(new At(7), to(PEOPLE, "r", 1)));
        assertThat(tracker.includes(new At(7))).isFalse();
        assertThatThrownBy(() -> tracker.advance(new End(8)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("End[number=8]");

        assertThat(tracker.advance(new LoadBoundary(null))).isTrue();
        assertThat(tracker.position()).isEqualTo(new At(7));
        assertThat(tracker.includes(new At(7))).isTrue();
        assertThat(tracker.includes(new Tx(7))).isTrue();
        assertThat(tracker.includes(new Tx(8))).isFalse();
        assertThat(tracker.advance(new End(8))).isTrue();
        assertThat(tracker.position()).isEqualTo(new At(8));
    }

    /** Also back: what lies before its rows has been loaded, too. */
    @Test
    void shouldFollowThePassThatIsRead() {
        PositionTracker tracker = tracker(new LoadPosition(new At(7), to(ORDERS, "p", 5_000)));

        assertThat(advance(tracker, to(ORDERS, "q", 4_096))).isTrue();
        assertThat(tracker.position()).isEqualTo(new LoadPosition(new At(7), to(ORDERS, "q", 4_096)));
    }

    @Test
    void shouldLeaveOutWhatIsLoadedForAnotherTarget() {
        PositionTracker tracker = tracker(new At(7));

        assertThat(tracker.includes(OF_PEOPLE)).isTrue();
        assertThat(advance(tracker, to(PEOPLE, "p", 1))).isFalse();
        assertThat(tracker.advance(new LoadBoundary(null))).isFalse();
        assertThat(tracker.position()).isEqualTo(new At(7));
        assertThat(tracker.includes(new LoadPosition(new At(7), to(PEOPLE, "p", 1))))
                .isTrue();
    }

    /** Keys are the user's, and may be long. */
    @Test
    void shouldReadBackFromBytesWhatWasWritten() throws Exception {
        LoadedTo place = new LoadedTo(ORDERS, "p", 3, List.of("id text"), List.of("\u00e4".repeat(50_000), ""));
        LoadCodec codec = new LoadCodec(new NumberedLog.Codec());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        codec.write(OF_ORDERS, out);
        codec.write(new Tx(9), out);
        List<Boundary> boundaries = List.of(new LoadBoundary(place), new LoadBoundary(null), new End(9));
        for (Boundary boundary : boundaries) {
            codec.write(boundary, out);
        }

        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        Transaction load = codec.readTransaction(in);
        assertThat(load.number()).isEqualTo(1);
        assertThat(load.id()).isEqualTo("load:shop.orders:0:x").isEqualTo(load.shownId());
        assertThat(((LoadTransaction) load).table()).isEqualTo(ORDERS);
        assertThat(codec.readTransaction(in)).isInstanceOf(Tx.class).hasToString("tx-9");
        for (Boundary boundary : boundaries) {
            assertThat(codec.readBoundary(in)).isEqualTo(boundary);
        }
        assertThat(in.read()).isEqualTo(-1);
    }
}
