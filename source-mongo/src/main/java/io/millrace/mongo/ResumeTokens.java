// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.ProcessorListener;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.load.LoadPosition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/** Tells the token that is in the checkpoints of all targets, each time that it has moved on. Thread-safe. */
final class ResumeTokens implements ProcessorListener {

    /** The targets that hold the token back, all but those that are gone. */
    private final Set<String> targets;

    private final Consumer<BsonDocument> hook;
    private final Map<String, MongoPosition> stored = new HashMap<>();
    private @Nullable MongoPosition told;

    ResumeTokens(List<String> targets, Consumer<BsonDocument> hook) {
        this.targets = new HashSet<>(targets);
        this.hook = hook;
    }

    @Override
    public synchronized void onCheckpoint(String target, Checkpoint checkpoint) {
        String json = checkpoint.position();
        if (json == null) {
            return;
        }
        if (!(LoadPosition.parse(json, MongoPosition::parse) instanceof MongoPosition position)) {
            return;
        }
        stored.put(target, position);
        tell();
    }

    private void tell() {
        if (stored.isEmpty() || !stored.keySet().containsAll(targets)) {
            return;
        }
        MongoPosition lowest = stored.values().stream()
                .reduce((a, b) -> (MongoPosition) a.lowest(b))
                .orElseThrow();
        ResumeToken token = lowest.token();
        if (token != null && (told == null || lowest.order().compareTo(told.order()) > 0)) {
            told = lowest;
            hook.accept(token.document());
        }
    }

    /** An optional target that is gone holds nothing back. */
    @Override
    public synchronized void onTargetDetached(String target, Throwable failure) {
        targets.remove(target);
        stored.remove(target);
        tell();
    }
}
