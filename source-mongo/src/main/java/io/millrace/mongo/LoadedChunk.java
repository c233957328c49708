// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.SourceInfo;
import io.millrace.core.source.Capture;
import io.millrace.mongo.LoadPosition.LoadedTo;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

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
        this.id = "load:" + end.collection() + ":" + (end.documents() - documents.size()) + ":" + contentOf(documents);
    }

    /** The same documents go on where they were interrupted; others that stand behind the same key begin anew. */
    private static String contentOf(List<ChangeEvent> documents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            documents.forEach(document -> digest.update(document.bytes()));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
