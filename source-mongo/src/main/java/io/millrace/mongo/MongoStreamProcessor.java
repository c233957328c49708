// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Findings;
import io.millrace.core.Processor;
import io.millrace.core.Target;
import io.millrace.core.source.Source;
import io.millrace.core.transform.TablesOnly;
import io.millrace.core.transform.Transform;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;

/**
 * Captures the changes of a MongoDB deployment, a database or a collection from a change stream. Construct it, or
 * extend it to see records ({@link #process}) and statements ({@link #processDdl}) on their way, on the thread of
 * {@link #run()} and in the stream's order, or to hear how far all targets are ({@link #saveResumeToken}).
 *
 * <p>A record's row is the whole event, so that {@code documentKey}, {@code fullDocument}, {@code updateDescription} and
 * the others are its columns; or the document in it, by {@link MongoOptions#wholeEvents()}. The server's changes of one transaction are one here too, and a change outside of any is
 * one of its own.
 */
public class MongoStreamProcessor extends Processor {

    private final MongoOptions mongo;

    /**
     * @param mongo the stream, and the pipeline
     * @param targets at least one, of different names
     */
    public MongoStreamProcessor(MongoOptions mongo, List<? extends Target> targets) {
        super(mongo.pipeline(), targets);
        this.mongo = Objects.requireNonNull(mongo, "mongo");
        if (mongo.wholeEvents()) {
            requireNoRulesOfColumns(mongo.pipeline().transforms());
            targets.forEach(target -> requireNoRulesOfColumns(target.options().transforms()));
        }
        addListener(new ResumeTokens(targets.stream().map(Target::name).toList(), token -> saveResumeToken(token)));
    }

    /** With whole events, such rules would let the documents through. */
    private static void requireNoRulesOfColumns(List<Transform> transforms) {
        Findings findings = new Findings();
        for (Transform transform : transforms) {
            if (transform instanceof TablesOnly only && only.filter().hasColumnRules()) {
                findings.add(
                        "transforms",
                        "rules of columns",
                        "must have no rules of columns with whole events, whose documents stand in one column",
                        "set wholeEvents(false) for documents as rows, or leave fields out by pipelineStages ($unset)");
            }
        }
        findings.throwIfAny("MongoStreamProcessor");
    }

    /** {@return the options it was made with} */
    public final MongoOptions mongoOptions() {
        return mongo;
    }

    /**
     * Hears of a resume token after it has become durable in the checkpoints of all targets: a notification for those
     * who watch it; a restart goes by the checkpoints. Called on targets' threads, one call at a time, so it must
     * return quickly; what it throws is logged and otherwise ignored.
     *
     * @param token such as {@code {"_data": "82..."}}; higher than the one before
     */
    protected void saveResumeToken(BsonDocument token) {}

    @Override
    protected final Source source() {
        return new MongoSource(mongo);
    }
}
