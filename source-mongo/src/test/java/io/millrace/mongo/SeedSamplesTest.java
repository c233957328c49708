// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.Change;
import io.millrace.mongo.internal.bson.BsonFixture;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Events as a server of version 5.0 sends them, and the JSON that core-cdc documents for them. */
class SeedSamplesTest {

    private static final String TOKEN_REST =
            "000000012B022C0100296E5A1004EED3A947B256417181A8398FEE8F22CD46645F69640064674D3C4778BE6AC4A6210F240004";

    /** What Millrace says beyond core-cdc. */
    private static final Set<String> ADDED = Set.of("commit_timestamp_us", "ordinal");

    @Test
    void shouldWriteTheSampleOfAnInsert() throws Exception {
        String event = """
                {"_id": {"_data": "82674D3C47%s"}, "operationType": "insert",
                 "clusterTime": {"$timestamp": {"t": 1733114951, "i": 1}},
                 "fullDocument": {"_id": {"$oid": "674d3c4778be6ac4a6210f24"}, "name": "Alek", "age": 39},
                 "ns": {"db": "test", "coll": "people"},
                 "documentKey": {"_id": {"$oid": "674d3c4778be6ac4a6210f24"}}}""".formatted(TOKEN_REST);

        assertThat(core(event)).isEqualTo(sample("""
                {"event_timestamp": 1733114951, "event_type": "INSERT", "global_id": null, "position": 0,
                 "primary_key": "_id",
                 "record": {"_id": {"_data": "82674D3C47%s"},
                            "clusterTime": 1733114951,
                            "documentKey": {"_id": "674d3c4778be6ac4a6210f24"},
                            "fullDocument": {"_id": "674d3c4778be6ac4a6210f24", "age": 39, "name": "Alek"},
                            "ns": {"coll": "people", "db": "test"},
                            "operationType": "insert"},
                 "schema_name": "test", "service": "Functional-Tests", "source": null, "table_name": "people",
                 "transaction_id": null}"""));
    }

    @Test
    void shouldWriteTheSampleOfAnUpdate() throws Exception {
        String event = """
                {"_id": {"_data": "82674D3DD4%s"}, "operationType": "update",
                 "clusterTime": {"$timestamp": {"t": 1733115348, "i": 1}},
                 "fullDocument": {"_id": {"$oid": "674d3c4778be6ac4a6210f24"}, "name": "Alek", "age": 30},
                 "ns": {"db": "test", "coll": "people"},
                 "documentKey": {"_id": {"$oid": "674d3c4778be6ac4a6210f24"}},
                 "updateDescription": {"updatedFields": {"age": 30}, "removedFields": [], "truncatedArrays": []}}""".formatted(TOKEN_REST);

        assertThat(core(event)).isEqualTo(sample("""
                {"event_timestamp": 1733115348, "event_type": "UPDATE", "global_id": null, "position": 0,
                 "primary_key": "_id",
                 "record": {"_id": {"_data": "82674D3DD4%s"},
                            "clusterTime": 1733115348,
                            "documentKey": {"_id": "674d3c4778be6ac4a6210f24"},
                            "fullDocument": {"_id": "674d3c4778be6ac4a6210f24", "age": 30, "name": "Alek"},
                            "ns": {"coll": "people", "db": "test"},
                            "operationType": "update",
                            "updateDescription": {"removedFields": [], "truncatedArrays": [],
                                                  "updatedFields": {"age": 30}}},
                 "schema_name": "test", "service": "Functional-Tests", "source": null, "table_name": "people",
                 "transaction_id": null}"""));
    }

    @Test
    void shouldWriteTheSampleOfADelete() throws Exception {
        String event = """
                {"_id": {"_data": "82674D3E3B%s"}, "operationType": "delete",
                 "clusterTime": {"$timestamp": {"t": 1733115451, "i": 1}},
                 "ns": {"db": "test", "coll": "people"},
                 "documentKey": {"_id": {"$oid": "674d3c4778be6ac4a6210f24"}}}""".formatted(TOKEN_REST);

        assertThat(core(event)).isEqualTo(sample("""
                {"event_timestamp": 1733115451, "event_type": "DELETE", "global_id": null, "position": 0,
                 "primary_key": "_id",
                 "record": {"_id": {"_data": "82674D3E3B%s"},
                            "clusterTime": 1733115451,
                            "documentKey": {"_id": "674d3c4778be6ac4a6210f24"},
                            "ns": {"coll": "people", "db": "test"},
                            "operationType": "delete"},
                 "schema_name": "test", "service": "Functional-Tests", "source": null, "table_name": "people",
                 "transaction_id": null}"""));
    }

    private static JsonNode sample(String json) throws Exception {
        return new ObjectMapper().readTree(json.formatted(TOKEN_REST));
    }

    /** {@return the event as Millrace writes it, without what Millrace adds} */
    private static JsonNode core(String event) throws Exception {
        ChangeEvent read = new ChangeEvent(BsonFixture.bytes(event), "here");
        MongoTransaction alone = new MongoTransaction(1, read.token(), read.transactionId(), 0);
        Change change = new EventMapper("Functional-Tests", JsonForm.PLAIN, true).map(read, alone, 0);
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(change.toJson());

        assertThat(json.fieldNames()).toIterable().containsAll(ADDED);
        return json.without(ADDED);
    }
}
