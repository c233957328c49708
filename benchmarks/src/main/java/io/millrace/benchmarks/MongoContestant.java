// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.core.PipelineOptions;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.mongo.MongoOptions;
import io.millrace.mongo.MongoStreamProcessor;
import io.millrace.mongo.StartFrom;
import io.millrace.mongo.WatchScope;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** This library with default options, from a change stream to JSON that is thrown away. */
final class MongoContestant implements Contestant {

    @Override
    public void drain(Job job, Tally tally) {
        MongoOptions source = MongoOptions.builder()
                .uri(job.brokers())
                .watch(WatchScope.collection(MongoEvents.DATABASE, MongoEvents.COLLECTION))
                .startFrom(StartFrom.operationTime(Instant.EPOCH))
                .pipeline(PipelineOptions.builder("benchmark")
                        .checkpoints(
                                job.state().isEmpty()
                                        ? new InMemoryCheckpointStore()
                                        : new FileCheckpointStore(Path.of(job.state())))
                        .build())
                .build();
        var target = new MillraceContestant.JsonTarget(new MillraceContestant.Tallying(tally));
        try (var processor = new MongoStreamProcessor(source, List.of(target))) {
            Thread capture = new Thread(processor, "capture");
            capture.start();
            while (MillraceContestant.delivered(processor) < job.rows() && capture.isAlive()) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
