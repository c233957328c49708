// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Record;
import io.millrace.core.UnreadableEventException;
import io.millrace.testkit.ScriptedMongo;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that the server sends in pieces; scripted, since a real one cannot be told where to break off. */
@Timeout(120)
class SplitEventsTest extends AgainstScript {

    private static final String SPLIT = "\"splitEvent\": {\"fragment\": %d, \"of\": 3}";

    /** The first piece has all but the images, each of the others has one. */
    private void piece(int number) {
        String fields = switch (number) {
            case 1 -> "\"documentKey\": {\"_id\": 7}, ";
            case 2 -> "\"fullDocument\": {\"_id\": 7, \"n\": 2}, ";
            default -> "\"fullDocumentBeforeChange\": {\"_id\": 7, \"n\": 1}, ";
        };
        if (number == 1) {
            db.append(PEOPLE, "replace", fields + SPLIT.formatted(number));
        } else {
            db.appendPiece(fields + SPLIT.formatted(number));
        }
    }

    @Test
    void shouldPutThePiecesTogether() throws Exception {
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            insert(0, 1);
            IntStream.rangeClosed(1, 3).forEach(this::piece);
            String lastPiece = db.lastToken();
            insert(1, 2);
            captured.upTo(3);

            Record whole = captured.record(1);
            assertThat(whole.row().getString("_id")).isEqualTo("{\"_data\":\"" + lastPiece + "\"}");
            assertThat(whole.row().asMap())
                    .containsEntry("fullDocument", "{\"_id\":7,\"n\":2}")
                    .containsEntry("fullDocumentBeforeChange", "{\"_id\":7,\"n\":1}")
                    .containsEntry("documentKey", "{\"_id\":7}")
                    .containsEntry("operationType", "replace")
                    .doesNotContainKey("splitEvent");
            assertThat(server.commands("aggregate").get(0).getArray("pipeline"))
                    .last()
                    .isEqualTo(BsonDocument.parse("{$changeStreamSplitLargeEvent: {}}"));
        }
    }

    @Test
    void shouldReadAllPiecesAgainWhenTheRunEndedBetweenThem() throws Exception {
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            insert(0, 1);
            piece(1);
            captured.upTo(1);
            await().untilAsserted(() ->
                    assertThat(captured.processor().stats().transactions()).isEqualTo(1));
        }
        piece(2);
        piece(3);

        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            captured.upTo(1);

            assertThat(captured.record(0).row().asMap())
                    .containsEntry("fullDocument", "{\"_id\":7,\"n\":2}")
                    .containsEntry("fullDocumentBeforeChange", "{\"_id\":7,\"n\":1}");
        }
    }

    /** Behind a piece the server would make the rest of an event that holds a document of a later time. */
    @Test
    void shouldReadAllPiecesAgainWhereTheDriverResumesBetweenThem() throws Exception {
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            piece(1);
            int asked = server.commands("getMore").size();
            await().until(() -> server.commands("getMore").size() > asked + 2);
            server.dropNext("getMore");
            await().until(() -> server.commands("aggregate").size() == 3);
            piece(2);
            piece(3);
            captured.upTo(1);

            assertThat(captured.processor().stats().reconnects()).isEqualTo(1);
            assertThat(captured.record(0).row().asMap())
                    .containsEntry("documentKey", "{\"_id\":7}")
                    .containsEntry("fullDocument", "{\"_id\":7,\"n\":2}")
                    .containsEntry("fullDocumentBeforeChange", "{\"_id\":7,\"n\":1}");
        }
    }

    /** A router tells it only once it is asked for more. */
    @ParameterizedTest
    @ValueSource(strings = {"getMore", "aggregate"})
    void shouldGoOnBehindAnEventThatTheServerDoesNotSplitAgainAsBefore(String command) throws Exception {
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            IntStream.rangeClosed(1, 3).forEach(this::piece);
            captured.upTo(1);
            String lastPiece = db.lastToken();
            String otherSplit = "Attempted to resume from a split event, but the resumed stream produced another";
            if (command.equals("aggregate")) {
                server.failNext("getMore", 237, "CursorKilled");
            }
            server.failNext(command, 280, otherSplit);
            await().until(() -> server.commands("aggregate").stream()
                    .anyMatch(aggregate -> changeStream(aggregate).containsKey("startAtOperationTime")));
            insert(1, 2);
            await().until(() -> captured.keys().contains("{\"_id\":1}"));

            List<BsonDocument> asked = server.commands("aggregate");
            BsonDocument last = asked.get(asked.size() - 1);
            assertThat(changeStream(last).getTimestamp("startAtOperationTime"))
                    .isEqualTo(new BsonTimestamp(1_733_114_952, 1));
            assertThat(last.getArray("pipeline").subList(1, 3))
                    .containsExactly(
                            BsonDocument.parse("{$match: {'_id._data': {$gt: '" + lastPiece + "'}}}"),
                            BsonDocument.parse("{$changeStreamSplitLargeEvent: {}}"));
        }
    }

    /** While it is open it may have to be read again, and be split otherwise then, or not. */
    @Test
    void shouldNameAnEventByTheTokenThatItHasWhole() throws Exception {
        String token = ScriptedMongo.token(1_733_115_348, 1) + "2B042C0100296E5A1004";
        String piece = """
                {"_id": {"_data": "%s"}, "operationType": "insert",
                 "clusterTime": {"$timestamp": {"t": 1733115348, "i": 1}}, "splitEvent": {"fragment": 1, "of": 2}}""";
        String other = """
                {"_id": {"_data": "%s"}, "ns": {"db": "test", "coll": "people"}, "documentKey": {"_id": 1},
                 "splitEvent": {"fragment": 2, "of": 2}}""";
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            insert(0, 1);
            server.append(piece.formatted(token + "2904"), other.formatted(token + "2B0204"));
            captured.upTo(2);

            assertThat(captured.record(0).source().transactionId()).isEqualTo(db.lastToken());
            assertThat(captured.record(1).source().transactionId()).isEqualTo(token + "04");
            assertThat(captured.record(1).row().getString("_id")).contains(token + "2B0204");
        }
    }

    /** The driver does not say that it has resumed, and where; the document has grown meanwhile. */
    @Test
    void shouldLeaveOutWhatAnEventHasMoreOfAfterAResumeOfTheDriver() throws Exception {
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            IntStream.rangeClosed(1, 3).forEach(this::piece);
            captured.upTo(1);
            int opened = server.commands("aggregate").size();
            server.dropNext("getMore");
            await().until(() -> server.commands("aggregate").size() > opened);
            db.appendPiece("\"fullDocument\": {\"_id\": 7}, \"splitEvent\": {\"fragment\": 4, \"of\": 4}");
            insert(1, 2);
            captured.upTo(2);

            assertThat(captured.processor().stats().reconnects()).isZero();
            assertThat(captured.keys()).containsExactly("{\"_id\":7}", "{\"_id\":1}");
        }
    }

    /** The document that the server looks up has grown: behind the last piece there are two more. */
    @Test
    void shouldLeaveOutWhatAnEventHasMoreOfAfterARestart() throws Exception {
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            IntStream.rangeClosed(1, 3).forEach(this::piece);
            captured.upTo(1);
        }
        db.appendPiece("\"fullDocument\": {\"_id\": 7}, \"splitEvent\": {\"fragment\": 4, \"of\": 5}");
        db.appendPiece("\"fullDocumentBeforeChange\": {\"_id\": 7}, \"splitEvent\": {\"fragment\": 5, \"of\": 5}");
        insert(1, 2);
        IntStream.rangeClosed(1, 3).forEach(this::piece);

        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            captured.upTo(2);

            assertThat(captured.keys()).containsExactly("{\"_id\":1}", "{\"_id\":7}");
        }
    }

    @Test
    void shouldStopWhereAPieceIsMissing() throws Exception {
        try (Captured captured = start(options().splitLargeEvents(true).build())) {
            piece(1);
            piece(3);

            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("piece 3 of 3 comes after piece 1");
        }
    }
}
