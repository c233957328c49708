// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.TableId;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.Transaction;
import io.millrace.mongo.LoadPosition.LoadedTo;
import io.millrace.mongo.internal.bson.BsonFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Map;
import org.bson.BsonTimestamp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadPositionTest {

    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableId PEOPLE = new TableId("shop", "people");
    private static final StreamShape SHAPE = new StreamShape(Map.of("watch", "shop"));
    private static final MongoPosition LOG =
            MongoPosition.operationTime(new BsonTimestamp(1_733_114_951, 7)).in(SHAPE);

    private static LoadPosition at(@Nullable LoadedTo to) {
        return new LoadPosition(LOG, to);
    }

    private static LoadedTo to(TableId collection, String pass, long documents) {
        return new LoadedTo(collection, pass, documents, "AAAA");
    }

    @Test
    void shouldReadBackWhatItWrites() {
        for (LoadPosition position : new LoadPosition[] {at(null), at(to(ORDERS, "p", 2_000))}) {
            assertThat(LoadPosition.parse(position.toJson())).isEqualTo(position);
        }
        assertThat(LoadPosition.parse(LOG.toJson())).isEqualTo(LOG);
        assertThatThrownBy(() -> LoadPosition.parse("nothing")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LoadPosition.parse("{\"load\":{}}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldLieBeforeTheStream() {
        LoadPosition loading = at(to(ORDERS, "p", 2_000));

        assertThat(LOG.includes(loading)).isTrue();
        assertThat(loading.includes(LOG)).isFalse();
        assertThat(LOG.lowest(loading)).isEqualTo(loading);
        assertThat(loading.lowest(LOG)).isEqualTo(loading);
        assertThat(loading.lowest(MongoPosition.operationTime(new BsonTimestamp(1, 1))))
                .isEqualTo(new LoadPosition(MongoPosition.operationTime(new BsonTimestamp(1, 1)), loading.to()));
    }

    @Test
    void shouldComparePlacesOfOnePassOnly() {
        LoadPosition early = at(to(ORDERS, "p", 1_000));
        LoadPosition late = at(to(ORDERS, "p", 2_000));
        LoadPosition other = at(to(ORDERS, "q", 500));
        LoadPosition next = at(to(PEOPLE, "r", 1));

        assertThat(late.includes(early)).isTrue();
        assertThat(early.includes(late)).isFalse();
        assertThat(early.lowest(late)).isEqualTo(early);
        assertThat(late.includes(other)).isFalse();
        assertThat(late.lowest(other)).isEqualTo(at(new LoadedTo(ORDERS, "p", 0, "")));
        assertThat(next.includes(late)).isTrue();
        assertThat(next.lowest(late)).isEqualTo(late);
        assertThat(next.lowest(at(null))).isEqualTo(at(null));
    }

    @Test
    void shouldMoveOverCollectionsAndThenOverTheStream() {
        LoadTracker tracker = new LoadTracker(at(null), new TokenTracker(LOG, SHAPE));
        MongoTransaction ofOrders = new MongoTransaction(1, "load:shop.orders:0:x", ORDERS);

        assertThat(tracker.includes(ofOrders)).isFalse();
        assertThat(tracker.advance(new LoadBoundary(to(ORDERS, "p", 1_000)))).isTrue();
        assertThat(tracker.advance(new LoadBoundary(to(ORDERS, "p", 1_000)))).isFalse();
        assertThat(tracker.includes(ofOrders))
                .as("documents of it may come again")
                .isFalse();
        assertThat(tracker.advance(new LoadBoundary(to(ORDERS, "q", 500)))).isTrue();
        assertThat(tracker.advance(new LoadBoundary(to(PEOPLE, "r", 1)))).isTrue();
        assertThat(tracker.includes(ofOrders)).isTrue();
        assertThat(tracker.advance(new LoadBoundary(to(ORDERS, "s", 9_000)))).isFalse();
        assertThatThrownBy(() -> tracker.advance(token("82674D3DD400000001")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(tracker.advance(new LoadBoundary(null))).isTrue();
        assertThat(tracker.position()).isEqualTo(LOG);
        assertThat(tracker.includes(ofOrders)).as("loaded for another target").isTrue();
        assertThat(tracker.advance(new LoadBoundary(to(PEOPLE, "r", 5)))).isFalse();
        assertThat(tracker.advance(token("82674D3DD400000001"))).isTrue();
    }

    private static MongoBoundary token(String data) {
        return new MongoBoundary(ResumeToken.ofBytes(BsonFixture.bytes("{\"_data\": \"" + data + "\"}")));
    }

    @Test
    void shouldReadBackLoadsFromBytes() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        MongoLogCodec codec = MongoLogCodec.INSTANCE;
        codec.write(new MongoTransaction(7, "load:shop.orders:0:x", ORDERS), out);
        codec.write(new LoadBoundary(to(ORDERS, "p", 1_000)), out);
        codec.write(new LoadBoundary(null), out);

        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        Transaction loaded = codec.readTransaction(in);
        Boundary within = codec.readBoundary(in);
        Boundary end = codec.readBoundary(in);

        assertThat(((MongoTransaction) loaded).loaded()).isEqualTo(ORDERS);
        assertThat(loaded.shownId()).isEqualTo("load:shop.orders:0:x");
        assertThat(loaded.number()).isEqualTo(7);
        assertThat(within).isEqualTo(new LoadBoundary(to(ORDERS, "p", 1_000)));
        assertThat(end).isEqualTo(new LoadBoundary(null));
        assertThat(in.read()).isEqualTo(-1);
    }
}
