// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.mongo.internal.bson.BsonFixture;
import io.millrace.mongo.internal.bson.MalformedBsonException;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

class LoadedDocumentsTest {

    private final LoadedDocuments documents = new LoadedDocuments(new TableId("sh\u00f6p", "orders"));

    private RowImage row(String document) {
        return new EventMapper("people", JsonForm.PLAIN, true).loaded(documents.event(BsonFixture.bytes(document)));
    }

    @Test
    void shouldFindTheKeyWhereverItStands() {
        RowImage row = row("{'name': 'x', 'inner': {'_id': 1}, '_id': {'b': 2, 'a': 'y'}, 'last': true}");

        assertThat(row.schema().table()).isEqualTo(new TableId("sh\u00f6p", "orders"));
        assertThat(row.asMap())
                .containsOnlyKeys("documentKey", "fullDocument", "ns", "operationType")
                .containsEntry("documentKey", "{\"_id\":{\"b\":2,\"a\":\"y\"}}")
                .containsEntry(
                        "fullDocument",
                        "{\"name\":\"x\",\"inner\":{\"_id\":1},\"_id\":{\"b\":2,\"a\":\"y\"},\"last\":true}")
                .containsEntry("ns", "{\"db\":\"sh\u00f6p\",\"coll\":\"orders\"}")
                .containsEntry("operationType", "read");
    }

    @Test
    void shouldMakeADocumentThatTheDriverCanRead() {
        byte[] event =
                documents.event(BsonFixture.bytes("{'_id': 7, 'n': null}")).bytes();

        assertThat(new RawBsonDocument(event).toJson())
                .isEqualTo(
                        "{\"documentKey\": {\"_id\": 7}, \"fullDocument\": {\"_id\": 7, \"n\": null}, \"ns\": {\"db\":"
                                + " \"sh\u00f6p\", \"coll\": \"orders\"}, \"operationType\": \"read\"}");
    }

    @Test
    void shouldRefuseADocumentWithoutAKey() {
        assertThatThrownBy(() -> documents.event(BsonFixture.bytes("{'n': {'_id': 7}}")))
                .isInstanceOf(MalformedBsonException.class)
                .hasMessageContaining("no _id");
    }

    /** A later server may have such an event, of which nothing is known here. */
    @Test
    void shouldNotTakeAnEventOfThatNameForALoadedDocument() {
        assertThat(Operation.of("read")).isEqualTo(Operation.UNKNOWN);
    }
}
