// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.Processor;
import io.millrace.core.ProcessorListener;
import io.millrace.core.ProcessorState;
import io.millrace.core.ProcessorStats;
import io.millrace.core.checkpoint.Checkpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How a pipeline is doing, in one line. Asked by one thread. */
final class Progress implements ProcessorListener {

    private final Processor processor;
    private final Map<String, Stored> checkpoints = new ConcurrentHashMap<>();
    private long records;
    private Instant asked;

    private record Stored(Instant when, Checkpoint checkpoint) {}

    /** Hears of checkpoints from here on. */
    static Progress of(Processor processor, Instant now) {
        Progress progress = new Progress(processor, now);
        processor.addListener(progress);
        return progress;
    }

    private Progress(Processor processor, Instant now) {
        this.processor = processor;
        this.asked = now;
    }

    @Override
    public void onCheckpoint(String target, Checkpoint checkpoint) {
        checkpoints.put(target, new Stored(Instant.now(), checkpoint));
    }

    /** {@return state, rows a second since it was asked last, lag and age of the checkpoint} */
    String line(Instant now) {
        ProcessorStats stats = processor.stats();
        long rows = stats.records() - records;
        double seconds = Math.max(Duration.between(asked, now).toMillis(), 1) / 1000.0;
        records = stats.records();
        asked = now;
        return "%s: %s, %,d rows/s, %s, %s"
                .formatted(
                        processor.options().id(),
                        stats.status(),
                        Math.round(rows / seconds),
                        lag(stats, rows, now),
                        checkpoint(stats, now));
    }

    private static String lag(ProcessorStats stats, long rows, Instant now) {
        boolean isBusy = rows > 0
                || stats.targets().stream().anyMatch(target -> target.queuedBytes() > 0 || target.spilledBytes() > 0);
        if (stats.lastEventTimestamp() > 0 && isBusy) {
            return "lag " + Math.max(0, now.getEpochSecond() - stats.lastEventTimestamp()) + " s";
        }
        return stats.status().state() == ProcessorState.STREAMING ? "idle" : "lag unknown";
    }

    private String checkpoint(ProcessorStats stats, Instant now) {
        for (ProcessorStats.TargetStats target : stats.targets()) {
            if (!checkpoints.containsKey(target.name())) {
                return "no checkpoint yet of " + target.name();
            }
        }
        return checkpoints.values().stream()
                .min(Comparator.comparing(Stored::when))
                .map(oldest -> String.format(
                        Locale.ROOT,
                        "checkpoint %d s ago (transaction %d)",
                        Math.max(0, Duration.between(oldest.when(), now).toSeconds()),
                        oldest.checkpoint().transaction()))
                .orElse("no checkpoint yet");
    }
}
