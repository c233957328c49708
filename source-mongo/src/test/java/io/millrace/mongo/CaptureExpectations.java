// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is expected of a capture, be the deployment a real one or a scripted one. */
@Timeout(120)
abstract class CaptureExpectations {

    private static final String PEOPLE = "people";

    private final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();

    /** @param watchesCollection whether the stream will be of collection people alone */
    abstract Deployment deployment(boolean watchesCollection);

    @Test
    void shouldDeliverChangesOfDocumentsInTheirOrder() throws Exception {
        try (Deployment db = deployment(false);
                Captured captured = Captured.start(ofDatabase(db)).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            db.setName(PEOPLE, 1, "Alex");
            db.replace(PEOPLE, 1, "Alexander");
            db.delete(PEOPLE, 1);
            captured.upTo(4);

            assertThat(captured.changes())
                    .extracting(change -> ((Record) change).kind())
                    .containsExactly(Record.Kind.INSERT, Record.Kind.UPDATE, Record.Kind.UPDATE, Record.Kind.DELETE);
            assertThat(captured.keys()).containsOnly("{\"_id\":1}");
            Record insert = captured.record(0);
            assertThat(insert.table()).isEqualTo(new TableId(db.database(), PEOPLE));
            assertThat(insert.row().getString("fullDocument")).isEqualTo("{\"_id\":1,\"name\":\"Alek\"}");
            assertThat(captured.record(1).row().getString("updateDescription"))
                    .contains("\"updatedFields\":{\"name\":\"Alex\"}");
            assertThat(captured.record(2).row().getString("operationType")).isEqualTo("replace");
            assertThat(insert.source().eventTimestamp()).isGreaterThan(1_700_000_000L);
            assertThat(insert.toJson()).contains("\"transaction_id\":null");
        }
    }

    @Test
    void shouldKeepTheChangesOfATransactionTogether() throws Exception {
        try (Deployment db = deployment(false);
                Captured captured = Captured.start(ofDatabase(db)).streaming()) {
            db.insert(PEOPLE, 1, "before");
            db.transaction(() -> {
                db.insert(PEOPLE, 2, "a");
                db.insert(PEOPLE, 3, "b");
                db.setName(PEOPLE, 2, "c");
            });
            db.insert(PEOPLE, 4, "after");
            captured.upTo(5);

            SourceInfo first = captured.record(1).source();
            assertThat(captured.changes().subList(1, 4))
                    .allSatisfy(
                            change -> assertThat(change.source().transaction()).isSameAs(first.transaction()))
                    .extracting(change -> change.ordinal())
                    .containsExactly(0L, 1L, 2L);
            assertThat(first.transaction().shownId()).matches("[0-9a-f-]{36}:\\d+");
            assertThat(captured.record(4).source().transaction()).isNotSameAs(first.transaction());
            assertThat(captured.record(4).source().transaction().shownId()).isNull();
            assertThat(captured.record(4).source().transaction().number())
                    .isEqualTo(first.transaction().number() + 1);
        }
    }

    @Test
    void shouldDeliverDropsAndRenamesAsStatements() throws Exception {
        try (Deployment db = deployment(false);
                Captured captured = Captured.start(ofDatabase(db)).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            db.rename(PEOPLE, "persons");
            db.insert("persons", 2, "Bo");
            db.drop("persons");
            captured.upTo(4);

            assertThat(captured.statement(1).kind()).isEqualTo(Statement.Kind.RENAME_TABLE);
            assertThat(captured.statement(1).tables())
                    .containsExactly(new TableId(db.database(), PEOPLE), new TableId(db.database(), "persons"));
            assertThat(captured.record(2).table().name()).isEqualTo("persons");
            assertThat(captured.statement(3).kind()).isEqualTo(Statement.Kind.DROP_TABLE);
        }
    }

    @Test
    void shouldGoOnWhenTheCollectionThatIsWatchedWasDropped() throws Exception {
        try (Deployment db = deployment(true);
                Captured captured = Captured.start(ofCollection(db)).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            db.drop(PEOPLE);
            captured.upTo(3);
            db.insert(PEOPLE, 2, "Bo");
            captured.upTo(4);

            assertThat(captured.statement(1).kind()).isEqualTo(Statement.Kind.DROP_TABLE);
            assertThat(captured.statement(2).sql()).contains("\"operationType\":\"invalidate\"");
            assertThat(captured.keys()).containsExactly("{\"_id\":1}", "{\"_id\":2}");
        }
    }

    @Test
    void shouldGoOnWhenTheCollectionThatIsWatchedWasRenamed() throws Exception {
        try (Deployment db = deployment(true);
                Captured captured = Captured.start(ofCollection(db)).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            db.rename(PEOPLE, "persons");
            captured.upTo(3);
            db.insert(PEOPLE, 2, "Bo");
            captured.upTo(4);

            assertThat(captured.statement(1).kind()).isEqualTo(Statement.Kind.RENAME_TABLE);
            assertThat(captured.statement(2).sql()).contains("\"operationType\":\"invalidate\"");
            assertThat(captured.keys()).containsExactly("{\"_id\":1}", "{\"_id\":2}");
        }
    }

    @Test
    void shouldGoOnWhenTheDatabaseThatIsWatchedWasDropped() throws Exception {
        try (Deployment db = deployment(false);
                Captured captured = Captured.start(ofDatabase(db)).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            db.dropDatabase();
            captured.upTo(4);
            db.insert(PEOPLE, 2, "Bo");
            captured.upTo(5);

            assertThat(captured.statement(1).kind()).isEqualTo(Statement.Kind.DROP_TABLE);
            assertThat(captured.statement(2).kind()).isEqualTo(Statement.Kind.DROP_DATABASE);
            assertThat(captured.statement(2).database()).isEqualTo(db.database());
            assertThat(captured.statement(3).sql()).contains("\"operationType\":\"invalidate\"");
            assertThat(captured.keys()).containsExactly("{\"_id\":1}", "{\"_id\":2}");
        }
    }

    @Test
    void shouldGoOnBehindAnInvalidateAfterARestart() throws Exception {
        try (Deployment db = deployment(true)) {
            try (Captured captured = Captured.start(ofCollection(db)).streaming()) {
                db.insert(PEOPLE, 1, "Alek");
                db.drop(PEOPLE);
                captured.upTo(3);
            }
            db.insert(PEOPLE, 2, "Bo");

            try (Captured captured = Captured.start(ofCollection(db))) {
                captured.upTo(1);

                assertThat(captured.keys()).containsExactly("{\"_id\":2}");
            }
        }
    }

    @Test
    void shouldDeliverNothingTwiceAfterARestart() throws Exception {
        try (Deployment db = deployment(false)) {
            try (Captured captured = Captured.start(ofDatabase(db)).streaming()) {
                db.insert(PEOPLE, 1, "a");
                db.transaction(() -> {
                    db.insert(PEOPLE, 2, "b");
                    db.insert(PEOPLE, 3, "c");
                });
                captured.upTo(3);
            }
            db.insert(PEOPLE, 4, "d");

            try (Captured captured = Captured.start(ofDatabase(db))) {
                captured.upTo(1);
                db.insert(PEOPLE, 5, "e");
                captured.upTo(2);

                assertThat(captured.keys()).containsExactly("{\"_id\":4}", "{\"_id\":5}");
            }
        }
    }

    @Test
    void shouldMoveTheCheckpointOnWhileNothingThatIsWatchedChanges() throws Exception {
        try (Deployment db = deployment(false);
                Captured captured = Captured.start(ofDatabase(db)).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            captured.upTo(1);
            MongoPosition event = MongoPosition.token(
                    Objects.requireNonNull(captured.record(0).row().getString("_id")));
            await().untilAsserted(() -> assertThat(stored().includes(event)).isTrue());

            db.changeElsewhere();
            await().untilAsserted(() -> assertThat(event.includes(stored())).isFalse());

            assertThat(captured.changes()).hasSize(1);
        }
    }

    @Test
    void shouldTellTheTokenOnceItIsDurable() throws Exception {
        try (Deployment db = deployment(false);
                Captured captured = Captured.start(ofDatabase(db)).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            captured.upTo(1);
            MongoPosition event = MongoPosition.token(
                    Objects.requireNonNull(captured.record(0).row().getString("_id")));

            await().untilAsserted(() -> assertThat(captured.tokens())
                    .anyMatch(token -> position(token.toJson()).includes(event)));

            List<MongoPosition> told = captured.tokens().stream()
                    .map(token -> position(token.toJson()))
                    .toList();
            assertThat(stored().includes(told.get(told.size() - 1))).isTrue();
            for (int i = 1; i < told.size(); i++) {
                assertThat(told.get(i - 1).includes(told.get(i))).isFalse();
            }
        }
    }

    private static MongoPosition position(String token) {
        return MongoPosition.token(token);
    }

    private MongoPosition stored() throws Exception {
        Checkpoint checkpoint = Objects.requireNonNull(checkpoints.load("memory"));
        return MongoPosition.parse(Objects.requireNonNull(checkpoint.position()));
    }

    private MongoOptions ofDatabase(Deployment db) {
        return Captured.source(db.uri(), checkpoints)
                .watch(WatchScope.database(db.database()))
                .build();
    }

    private MongoOptions ofCollection(Deployment db) {
        return Captured.source(db.uri(), checkpoints)
                .watch(WatchScope.collection(db.database(), PEOPLE))
                .build();
    }
}
