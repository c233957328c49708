// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorListener;
import io.millrace.core.ProcessorStatus;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The program that {@link FanOutIT} runs in a JVM of a small heap: three targets, of which one can be held up. */
final class FanOutCapture {

    private FanOutCapture() {}

    /** Notes for each row how long after its commit it came, and that none is missing or out of order. */
    private static class Watched extends Target {

        private static final int LONGEST_MILLIS = 600_000;

        private final int[] rowsByLag = new int[LONGEST_MILLIS + 1];
        private int rows;
        private boolean inOrder = true;

        Watched(TargetOptions options) {
            super(options);
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            long now = System.currentTimeMillis();
            for (Record record : records) {
                long id = Objects.requireNonNull(record.row().getLong("id"));
                inOrder &= id == rows++;
                long lag = now - record.source().commitTimestampMicros() / 1_000;
                rowsByLag[(int) Math.max(0, Math.min(lag, LONGEST_MILLIS))]++;
            }
        }

        /** {@return the lag in milliseconds that {@code share} of the rows had at most} */
        private int lag(double share) {
            long wanted = (long)
                    Math.ceil(share * Arrays.stream(rowsByLag).asLongStream().sum());
            long seen = 0;
            int millis = 0;
            while ((seen += rowsByLag[millis]) < wanted) {
                millis++;
            }
            return millis;
        }

        final void print() {
            System.out.printf(
                    "RESULT %s rows=%d inOrder=%b p50=%d p99=%d max=%d%n",
                    name(), rows, inOrder, lag(0.5), lag(0.99), lag(1));
        }
    }

    /** Stands still while a file exists. */
    private static final class HeldUp extends Watched {

        private final Path file;

        HeldUp(TargetOptions options, Path file) {
            super(options);
            this.file = file;
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            while (Files.exists(file)) {
                // Another process deletes the file, and has no other way to say so.
                Thread.sleep(50);
            }
            super.save(records);
        }
    }

    /** @param args MySQL's port, GTIDs to start after, folder, whether the held up target is optional,
     *     GTIDs to end with */
    public static void main(String[] args) {
        Path folder = Path.of(args[2]);
        MySqlOptions source = MySqlOptions.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .user("root")
                .startFrom(StartFrom.gtids(args[1]))
                .pipeline(PipelineOptions.builder("fan-out")
                        .checkpoints(new FileCheckpointStore(folder.resolve("checkpoints")))
                        .spillDirectory(folder.resolve("spill"))
                        .build())
                .build();
        List<Watched> targets = List.of(
                new Watched(TargetOptions.named("first")),
                new Watched(TargetOptions.named("second")),
                new HeldUp(
                        TargetOptions.builder("held-up")
                                .optional(Boolean.parseBoolean(args[3]))
                                .spillBytes(4L << 30)
                                .stallAfter(Duration.ofSeconds(2))
                                .build(),
                        folder.resolve("hold")));
        try (var processor = new MySqlBinlogProcessor(source, targets)) {
            processor.addListener(new ProcessorListener() {
                @Override
                public void onStatus(ProcessorStatus before, ProcessorStatus now) {
                    System.out.println("STATE " + now);
                }

                @Override
                public void onTargetStalled(String target, Duration since) {
                    System.out.println("STALLED " + target);
                }

                @Override
                public void onTargetDetached(String target, Throwable failure) {
                    System.out.println("DETACHED " + target + ": " + failure.getMessage());
                }
            });
            processor.runUntil(MySqlPosition.gtids(args[4]));
        }
        targets.forEach(Watched::print);
    }
}
