// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.SourceInfo;
import io.millrace.core.source.Capture;
import io.millrace.mongo.LoadPosition.LoadedTo;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Documents of a collection that were read together. They are kept until all of them were handed on, so that they
 * come again as they were if that is interrupted.
 */
final class LoadedChunk {

    private final String id;
    private final List<ChangeEvent> documents;
    private final LoadedTo end;
    private final long readAt = Instant.now().getEpochSecond();

    /** @param end where the collection has been read to with these documents */
    LoadedChunk(List<ChangeEvent> documents, LoadedTo end) {
        this.documents = documents;
        this.end = end;
        // What a later attempt reads behind the same key need not be the same.
        this.id = "load:" + end.collection() + ":" + (end.documents() - documents.size()) + ":" + UUID.randomUUID();
    }

    /** {@return where the load stands with these documents} */
    LoadedTo end() {
        return end;
    }

    /** Hands on the documents; what remains is to end their transaction at {@link #end}. */
    void handOn(EventMapper mapper, Capture capture) {
        MongoTransaction transaction = new MongoTransaction(capture.begin(id), id, end.collection());
        SourceInfo source = mapper.source(transaction, readAt);
        for (int i = 0; i < documents.size(); i++) {
            capture.record(mapper.loaded(documents.get(i), source, i));
        }
    }
}
