// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** Captures one database up to a position, in a process of its own, and tells what it saw and needed. */
final class LargeCapture {

    private LargeCapture() {}

    private static final class Counting extends Target {

        private long rows;
        private long bytes;
        private long sum;
        private final long pauseNanos;

        /** @param pauseNanos how long each batch takes, so that others wait in memory */
        Counting(long pauseNanos) {
            super(TargetOptions.named("counting"));
            this.pauseNanos = pauseNanos;
        }

        @Override
        protected void save(List<Record> records) {
            LockSupport.parkNanos(pauseNanos);
            for (Record record : records) {
                rows++;
                sum += Objects.requireNonNull(record.row().getLong("id"));
                if (record.row().get("pad") instanceof byte[] pad) {
                    bytes += pad.length;
                }
            }
        }
    }

    /** @param args port, database, GTIDs to begin after, or "load", GTIDs to end at, maxRowBytes if not the default */
    public static void main(String[] args) {
        boolean isLoad = args[2].equals("load");
        Counting counting = new Counting(isLoad ? 10_000_000 : 0);
        PipelineOptions pipeline = PipelineOptions.builder("large")
                .checkpoints(new InMemoryCheckpointStore())
                .filter(TableFilter.builder()
                        .exclude("*", "*")
                        .include(args[1], "*")
                        .build())
                .build();
        MySqlOptions.Builder options = MySqlOptions.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .user("root")
                .password("")
                .startFrom(isLoad ? StartFrom.initialLoad() : StartFrom.gtids(args[2]))
                .pipeline(pipeline);
        if (args.length > 4) {
            options.maxRowBytes(Long.parseLong(args[4]));
        }
        new MySqlBinlogProcessor(options.build(), List.of(counting)).runUntil(MySqlPosition.gtids(args[3]));
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
        System.out.println("rows=" + counting.rows + " bytes=" + counting.bytes + " sum=" + counting.sum);
        System.out.println("peak heap " + (peak >> 20) + " MiB");
    }
}
