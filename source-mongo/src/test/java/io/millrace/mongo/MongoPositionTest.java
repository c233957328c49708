// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Position;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.Transaction;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.mongo.internal.bson.BsonFixture;
import io.millrace.testkit.ScriptedMongo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.time.Instant;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MongoPositionTest {

    private static final String EARLY = "82674D3C47000000012B022C0100296E5A1004EED3A947B256417181A8398FEE8F22CD";
    private static final String LATE = "82674D3DD4000000012B022C0100296E5A1004EED3A947B256417181A8398FEE8F22CD";

    private static final MongoOptions OPTIONS = MongoOptions.builder()
            .uri("mongodb://one")
            .startFrom(StartFrom.latest())
            .pipeline(PipelineOptions.builder("test")
                    .checkpoints(new InMemoryCheckpointStore())
                    .build())
            .build();

    private static MongoPosition token(String data) {
        return MongoPosition.token("{\"_data\": \"" + data + "\"}");
    }

    @Test
    void shouldReadBackWhatItWrites() {
        StreamShape shape = StreamShape.of(OPTIONS);
        for (MongoPosition position : List.of(
                token(EARLY),
                token(EARLY).in(shape),
                MongoPosition.operationTime(new BsonTimestamp(-1, 7)),
                MongoPosition.token("{\"_data\": \"" + EARLY
                        + "\", \"_typeBits\": {\"$binary\": {\"base64\": \"gkAB\", \"subType\": \"00\"}}}"))) {
            String json = position.toJson();

            assertThat(MongoPosition.parse(json)).isEqualTo(position);
            assertThat(MongoPosition.parse(json).toJson()).isEqualTo(json).doesNotContain("\n");
        }
    }

    @Test
    void shouldKeepAllThatATokenHolds() {
        MongoPosition position = MongoPosition.token("{\"_data\": \"" + EARLY
                + "\", \"_typeBits\": {\"$binary\": {\"base64\": \"gkAB\", \"subType\": \"00\"}}}");

        BsonDocument back = MongoPosition.parse(position.toJson()).token().document();

        assertThat(back.getBinary("_typeBits").getData()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "not JSON",
                "{\"token\": {\"x\": 1}}",
                "{\"token\": {\"_data\": \"016278\"}}",
                "{\"gtids\": \"\"}",
                "{\"operation_time\": 5}"
            })
    void shouldRefuseWhatIsNoPosition(String json) {
        assertThatThrownBy(() -> MongoPosition.parse(json)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldOrderTokensByTheirTexts() {
        assertThat(token(LATE).includes(token(EARLY))).isTrue();
        assertThat(token(EARLY).includes(token(LATE))).isFalse();
        assertThat(token(EARLY).includes(token(EARLY))).isTrue();
        assertThat(token(LATE).lowest(token(EARLY))).isEqualTo(token(EARLY));
        assertThat(token(EARLY).lowest(token(LATE))).isEqualTo(token(EARLY));
    }

    @Test
    void shouldPutATimeBeforeAllTokensOfThatTime() {
        MongoPosition time = MongoPosition.operationTime(new BsonTimestamp(0x674D3C47, 1));

        assertThat(time.includes(token(EARLY))).isFalse();
        assertThat(token(EARLY).includes(time)).isTrue();
        assertThat(MongoPosition.operationTime(new BsonTimestamp(0x674D3C47, 2)).includes(token(EARLY)))
                .isTrue();
        assertThat(token(EARLY).operationTime()).isEqualTo(new BsonTimestamp(0x674D3C47, 1));
        assertThat(MongoPosition.operationTime(Instant.ofEpochSecond(0x674D3C47L))
                        .operationTime())
                .isEqualTo(new BsonTimestamp(0x674D3C47, 0));
    }

    @Test
    void shouldNotCompareWithPositionsOfOtherSources() {
        Position other = new Position() {
            @Override
            public String toJson() {
                return "{}";
            }

            @Override
            public boolean includes(Position position) {
                return false;
            }

            @Override
            public Position lowest(Position position) {
                return this;
            }
        };

        assertThatThrownBy(() -> token(EARLY).includes(other)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> token(EARLY).lowest(other)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldMoveOverBoundariesThatLieAheadOnly() {
        TokenTracker tracker = new TokenTracker(token(EARLY), StreamShape.of(OPTIONS));

        assertThat(tracker.advance(boundary(EARLY))).isFalse();
        assertThat(tracker.includes(new MongoTransaction(1, EARLY, null, 0))).isTrue();
        assertThat(tracker.includes(new MongoTransaction(1, LATE, null, 0))).isFalse();
        assertThat(tracker.advance(boundary(LATE))).isTrue();
        assertThat(tracker.advance(boundary(EARLY))).isFalse();
        assertThat(tracker.position()).isEqualTo(token(LATE).in(StreamShape.of(OPTIONS)));
        assertThat(tracker.includes(new MongoTransaction(1, LATE, null, 0))).isTrue();
    }

    /** Another target may be behind the transaction, so that it is read from its begin. */
    @Test
    void shouldTakeATransactionWholeIfATokenThatSomeoneChoseMayBeWithinIt() {
        String first = ScriptedMongo.token(5, 1) + "2B0201";
        String within = ScriptedMongo.token(5, 1) + "2B0202";
        MongoTransaction transaction = new MongoTransaction(1, first, "session:1", 0);
        TokenTracker chosen = new TokenTracker(token(within), StreamShape.of(OPTIONS));
        TokenTracker read = new TokenTracker(token(within).in(StreamShape.of(OPTIONS)), StreamShape.of(OPTIONS));

        assertThat(chosen.includes(transaction)).isFalse();
        assertThat(chosen.includes(new MongoTransaction(1, within, null, 0))).isTrue();
        assertThat(chosen.includes(new MongoTransaction(1, ScriptedMongo.token(4, 9) + "2B02", null, 0)))
                .isTrue();
        assertThat(MongoPosition.parse(chosen.position().toJson()))
                .as("as it is stored before it has moved")
                .isEqualTo(token(within));
        assertThat(read.includes(transaction)).isTrue();
        chosen.advance(boundary(ScriptedMongo.token(5, 1) + "2B0203"));
        assertThat(chosen.includes(transaction)).isTrue();
    }

    @Test
    void shouldIncludeALoadThatGoesOnToTheStream() {
        MongoPosition log = MongoPosition.operationTime(new BsonTimestamp(1_733_114_951, 7));
        LoadPosition loading = new LoadPosition(log, null);

        assertThat(log.includes(loading)).isTrue();
        assertThat(loading.includes(log)).isFalse();
        assertThat(log.lowest(loading)).isEqualTo(loading).isEqualTo(loading.lowest(log));
    }

    /** A token holds the document's key, and a key may be of 16 MB. */
    @Test
    void shouldReadBackFromBytesWhatLargeKeysMakeLarge() throws Exception {
        String token = EARLY + "0A".repeat(100_000);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        MongoLogCodec codec = MongoLogCodec.INSTANCE;
        codec.write(new MongoTransaction(7, token, "session:5", 123), out);

        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));

        assertThat(codec.readTransaction(in).id()).isEqualTo(token);
    }

    @Test
    void shouldReadBackTransactionsAndBoundariesFromBytes() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        MongoLogCodec codec = MongoLogCodec.INSTANCE;
        codec.write(new MongoTransaction(7, EARLY, "session:5", 123), out);
        codec.write(new MongoTransaction(8, LATE, null, 0), out);
        codec.write(boundary(LATE), out);

        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        Transaction named = codec.readTransaction(in);
        Transaction alone = codec.readTransaction(in);
        Boundary boundary = codec.readBoundary(in);

        assertThat(named.number()).isEqualTo(7);
        assertThat(named.id()).isEqualTo(EARLY);
        assertThat(named.shownId()).isEqualTo("session:5");
        assertThat(named.commitTimestampMicros()).isEqualTo(123);
        assertThat(alone.shownId()).isNull();
        assertThat(boundary).isEqualTo(boundary(LATE));
        assertThat(in.read()).isEqualTo(-1);
    }

    private static MongoBoundary boundary(String data) {
        return new MongoBoundary(ResumeToken.ofBytes(BsonFixture.bytes("{\"_data\": \"" + data + "\"}")));
    }
}
