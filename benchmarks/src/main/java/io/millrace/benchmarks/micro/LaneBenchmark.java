// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.internal.delivery.Intake;
import io.millrace.core.internal.delivery.Lane;
import io.millrace.core.internal.delivery.LaneStart;
import io.millrace.core.internal.delivery.LaneTimes;
import io.millrace.core.internal.delivery.Numbering;
import io.millrace.core.internal.delivery.RunStamp;
import io.millrace.mysql.BinlogTransactions;
import io.millrace.mysql.MySqlPosition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From the capture thread, which makes a record of each row image, through the intake and a lane with a thread of
 * its own to a target that only counts. The queue is short, so the slower of the two threads sets the pace. An
 * operation is one record.
 */
public class LaneBenchmark extends Microbenchmark {

    private static final int RECORDS = 1_000;
    private static final long QUEUE_BYTES = 4 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The most records that the target takes at a time. */
    @Param({"1", "1000"})
    public int batchSize = 1;

    @Param({"1", "1000"})
    public int transactionSize = 1;

    private final List<Record> rows = Shape.BULK.records();
    private final CountingOutlet target = new CountingOutlet();
    private @Nullable Lane lane;
    private @Nullable Thread laneThread;
    private @Nullable Intake intake;
    private long transactions;

    @Setup
    public void start() {
        TargetOptions options = TargetOptions.builder("counting")
                .batchSize(batchSize)
                .queueBytes(QUEUE_BYTES)
                .build();
        Lane started = new Lane(
                "benchmark",
                List.of(),
                target,
                null,
                options,
                new InMemoryCheckpointStore(),
                new LaneTimes(LIMIT, Duration.ofSeconds(1)),
                new NoEvents());
        lane = started;
        Thread thread = new Thread(started, "lane");
        laneThread = thread;
        thread.start();
        started.loaded().join();
        MySqlPosition from = MySqlPosition.gtids("");
        Checkpoint checkpoint = new Checkpoint("mysql", from.toJson(), 0, null, 1);
        RunStamp stamp = new RunStamp("mysql", 1, 1, Set.of(), "");
        started.begin(new LaneStart(stamp, BinlogTransactions::track, from, checkpoint, false), null);
        started.ready().join();
        intake = new Intake(
                List.of(started), new NoHooks(), BinlogTransactions.track(from), new Numbering(0, Map.of()), null);
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void handOver() {
        Intake into = Objects.requireNonNull(intake);
        for (int done = 0; done < RECORDS; done += transactionSize) {
            var transaction = BinlogTransactions.transaction(++transactions);
            into.begin(transaction.id());
            var source = new SourceInfo("benchmark", "binlog.000007", transactions, transaction, 1_767_323_045L, null);
            for (int i = 0; i < transactionSize; i++) {
                Record row = rows.get((done + i) % Shape.CHANGES);
                into.record(new Record(row.kind(), null, row.after(), source, i));
            }
            into.end(BinlogTransactions.end(transactions));
        }
    }

    /** A run in which a record was lost measures nothing. */
    @TearDown
    public void finish() throws InterruptedException {
        Objects.requireNonNull(intake).flush();
        Objects.requireNonNull(lane).finish(LIMIT);
        Objects.requireNonNull(laneThread).join();
        long expected = transactions * transactionSize;
        if (target.count() != expected) {
            throw new IllegalStateException(target.count() + " records have arrived, not " + expected);
        }
    }

    /** What a pipeline without hooks of its own does. */
    private static final class NoHooks implements Intake.Hooks {

        @Override
        public Record process(Record record) {
            return record;
        }

        @Override
        public Statement processDdl(Statement statement) {
            return statement;
        }

        @Override
        public boolean isSkipped(String id) {
            return false;
        }

        @Override
        public void waiting(Lane lane, Duration soFar) {
            // The lane catches up.
        }

        @Override
        public void waited() {
            // Nothing was given up meanwhile.
        }
    }
}
