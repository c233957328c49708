// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.LogLostException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorListener;
import io.millrace.core.ProcessorStats;
import io.millrace.core.ProcessorStatus;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.kafka.KafkaHangingTransactionException;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process under test: captures until it is told to end (SIGTERM) or fails. What the test has to
 * know of it is in its log, on lines that begin with one of the words below, and in its exit status.
 */
public final class CapturerMain {

    /** Followed by the state. */
    static final String STATE = "STATE ";
    /** A target's attempt failed and is made again. */
    static final String RETRY = "RETRY ";
    /** Followed by milliseconds since the epoch and the number of records acknowledged by then. */
    static final String ACKNOWLEDGED = "ACKNOWLEDGED ";

    static final int STATUS_FAILED = 10;
    static final int STATUS_LOG_LOST = 11;
    static final int STATUS_CHECKPOINT = 12;
    static final int STATUS_HANGING = 13;

    static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

    private static final Duration TELL_INTERVAL = Duration.ofMillis(50);
    private static final Logger LOG = LoggerFactory.getLogger(CapturerMain.class);

    private CapturerMain() {}

    /** @param args {@link CapturerSettings} as JSON */
    public static void main(String[] args) throws Exception {
        CapturerSettings settings = new ObjectMapper().readValue(args[0], CapturerSettings.class);
        int status = 0;
        try (MySqlBinlogProcessor processor = processor(settings)) {
            processor.addListener(new Told());
            Runtime.getRuntime().addShutdownHook(new Thread(processor::close, "stop"));
            Thread teller = new Thread(() -> tell(processor), "teller");
            teller.setDaemon(true);
            teller.start();
            processor.run();
        } catch (RuntimeException e) {
            LOG.error("run() threw {}", e.toString(), e);
            status = status(e);
        }
        if (status != 0) {
            System.exit(status);
        }
    }

    private static int status(RuntimeException failure) {
        if (failure instanceof LogLostException) {
            return STATUS_LOG_LOST;
        }
        if (failure.getCause() instanceof KafkaHangingTransactionException) {
            return STATUS_HANGING;
        }
        return failure instanceof CheckpointException ? STATUS_CHECKPOINT : STATUS_FAILED;
    }

    private static MySqlBinlogProcessor processor(CapturerSettings settings) {
        CheckpointStore store = new FileCheckpointStore(Path.of(settings.checkpoints()));
        if (settings.sabotage() == Sabotage.CHECKPOINT_BEFORE_ACK) {
            store = new HastyCheckpoints(store);
        }
        MySqlOptions source = MySqlOptions.builder()
                .host(settings.sourceHost())
                .port(settings.sourcePort())
                .user("root")
                .startFrom(StartFrom.gtids(settings.start()))
                .connectTimeout(Duration.ofSeconds(3))
                .heartbeat(Duration.ofSeconds(1))
                .pipeline(PipelineOptions.builder(CapturerSettings.PIPELINE)
                        .service(settings.service())
                        .checkpoints(store)
                        .checkpointInterval(CHECKPOINT_INTERVAL)
                        .startTimeout(Duration.ofSeconds(60))
                        .pauseAfter(Duration.ofSeconds(2))
                        .retry(CapturerTargets.RETRY)
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(TortureTable.DATABASE, "*")
                                .build())
                        .build())
                .build();
        return new CapturerProcessor(source, CapturerTargets.make(settings), settings.sabotage());
    }

    private static void tell(MySqlBinlogProcessor processor) {
        long told = 0;
        while (true) {
            long acknowledged = processor.stats().targets().stream()
                    .mapToLong(ProcessorStats.TargetStats::records)
                    .sum();
            if (acknowledged != told) {
                told = acknowledged;
                LOG.info("{}{} {}", ACKNOWLEDGED, System.currentTimeMillis(), told);
            }
            Waits.pause(TELL_INTERVAL);
        }
    }

    /** Writes what the processor tells into the log. */
    private static final class Told implements ProcessorListener {

        @Override
        public void onStatus(ProcessorStatus before, ProcessorStatus now) {
            LOG.info("{}{}", STATE, now);
        }

        @Override
        public void onTargetRetry(String target, Throwable failure, int attempt, Duration delay) {
            LOG.info("{}{}, attempt {}: {}", RETRY, target, attempt, failure.toString());
        }
    }
}
