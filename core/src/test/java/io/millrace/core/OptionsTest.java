// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private static void assertFound(ThrowingCallable build, String... settings) {
        assertThatThrownBy(build)
                .asInstanceOf(type(InvalidOptionsException.class))
                .satisfies(e ->
                        assertThat(e.findings()).extracting(Finding::setting).containsExactly(settings));
    }

    @Nested
    class FindingsText {

        @Test
        void shouldBeOneSentenceForOneFinding() {
            Findings findings = new Findings();
            findings.require(true, "linger", "PT1S", "must not be negative");
            findings.require(false, "batchSize", 0, "must be at least 1");

            assertThatThrownBy(() -> findings.throwIfAny("TargetOptions of kafka"))
                    .hasMessage("TargetOptions of kafka: batchSize was '0' but it must be at least 1");
        }

        @Test
        void shouldBeAListForSeveral() {
            Findings findings = new Findings();
            findings.add("binlog_format", "'STATEMENT'", "must be ROW", "SET GLOBAL binlog_format = ROW");
            findings.add("checkpoints", "not set", "is required", "");

            assertThatThrownBy(() -> findings.throwIfAny("server db:3306")).hasMessage("""
                            server db:3306: 2 findings
                              - binlog_format was 'STATEMENT' but it must be ROW: SET GLOBAL binlog_format = ROW
                              - checkpoints was not set but it is required""");
        }

        @Test
        void shouldNotThrowWithoutAny() {
            assertThatCode(() -> new Findings().throwIfAny("nothing")).doesNotThrowAnyException();
            assertThat(new Findings().all()).isEmpty();
        }
    }

    @Nested
    class OfTargets {

        @Test
        void shouldFindEverythingAtOnce() {
            assertFound(
                    () -> TargetOptions.builder("no spaces")
                            .batchSize(0)
                            .batchBytes(0)
                            .maxInFlight(0)
                            .linger(Duration.ofMillis(-1))
                            .queueBytes(0)
                            .build(),
                    "name",
                    "batchSize",
                    "batchBytes",
                    "maxInFlight",
                    "linger",
                    "queueBytes");
        }

        @Test
        void shouldTakeNamesThatSuitFilesAndKeysOnly() {
            for (String name : new String[] {"", "-a", "_a", "a.b", "a/b", "ä", "a b", "a\n", "x".repeat(101)}) {
                assertFound(() -> TargetOptions.named(name), "name");
            }
            for (String name : new String[] {"a", "0", "Kafka-1_x", "x".repeat(100)}) {
                assertThat(TargetOptions.named(name).name()).isEqualTo(name);
            }
        }

        @Test
        void shouldSendDataAndNoDdlUnlessToldOtherwise() {
            TargetOptions options = TargetOptions.named("a");

            assertThat(options.sendData()).isTrue();
            assertThat(options.executeDdl()).isFalse();
            assertThat(options.linger()).isZero();
            assertThat(options.queueBytes()).isBetween(4L << 20, 64L << 20);
            assertThat(options.start()).isEqualTo(TargetStart.bySource());
            assertThat(options.toString()).contains("name=a", "batchSize=1000");
        }
    }

    @Nested
    class OfPipelines {

        @Test
        void shouldRequireAStore() {
            assertThatThrownBy(() -> PipelineOptions.builder("orders").build())
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContainingAll("PipelineOptions of orders", "checkpoints", "FileCheckpointStore");
        }

        @Test
        void shouldFindEverythingAtOnce() {
            assertFound(
                    () -> PipelineOptions.builder("no spaces")
                            .checkpointInterval(Duration.ZERO)
                            .startTimeout(Duration.ofSeconds(-1))
                            .pauseAfter(Duration.ZERO)
                            .closeTimeout(Duration.ZERO)
                            .build(),
                    "id",
                    "checkpoints",
                    "checkpointInterval",
                    "startTimeout",
                    "pauseAfter",
                    "closeTimeout");
        }

        @Test
        void shouldNameTheServiceAfterThePipeline() {
            PipelineOptions options = PipelineOptions.builder("orders")
                    .checkpoints(new InMemoryCheckpointStore())
                    .build();

            assertThat(options.service()).isEqualTo("orders");
            assertThat(options.expectCheckpoint()).isFalse();
        }
    }

    @Nested
    class OfRetries {

        @Test
        void shouldFindEverythingAtOnce() {
            assertFound(
                    () -> RetryOptions.builder()
                            .initialBackoff(Duration.ZERO)
                            .maxBackoff(Duration.ofMillis(-1))
                            .maxAttempts(0)
                            .build(),
                    "initialBackoff",
                    "maxBackoff",
                    "maxAttempts");
        }

        @Test
        void shouldDoubleTheWaitUpToItsLimit() {
            RetryOptions retry = RetryOptions.builder()
                    .initialBackoff(Duration.ofMillis(100))
                    .maxBackoff(Duration.ofMillis(1_000))
                    .build();

            for (int i = 0; i < 100; i++) {
                assertThat(retry.backoff(1).toMillis()).isBetween(80L, 120L);
                assertThat(retry.backoff(3).toMillis()).isBetween(320L, 480L);
                assertThat(retry.backoff(5).toMillis()).isBetween(800L, 1_200L);
                assertThat(retry.backoff(Integer.MAX_VALUE).toMillis()).isBetween(800L, 1_200L);
            }
        }

        @Test
        void shouldWaitEvenIfTheWaitIsLessThanAMillisecond() {
            RetryOptions retry = RetryOptions.builder()
                    .initialBackoff(Duration.ofNanos(500_000))
                    .maxBackoff(Duration.ofNanos(900_000))
                    .build();

            assertThat(retry.backoff(1)).isPositive();
            assertThat(retry.backoff(9)).isPositive();
        }

        @Test
        void shouldTryWhatPassesForEverAndTheUnknownAFewTimes() {
            RetryOptions retry = RetryOptions.builder().maxAttempts(3).build();

            assertThat(retry.mayRetry(new TransientException("later", null), 1_000))
                    .isTrue();
            assertThat(retry.mayRetry(new IOException(), 1_000)).isTrue();
            assertThat(retry.mayRetry(new TimeoutException(), 1_000)).isTrue();
            assertThat(retry.mayRetry(new SQLTransientException(), 1_000)).isTrue();
            assertThat(retry.mayRetry(new SQLException(), 2)).isTrue();
            assertThat(retry.mayRetry(new IllegalStateException(), 2)).isTrue();
            assertThat(retry.mayRetry(new IllegalStateException(), 3)).isFalse();
            assertThat(retry.mayRetry(new PermanentException("never", null), 1)).isFalse();
            assertThat(retry.mayRetry(new OutOfMemoryError(), 1)).isFalse();
            assertThat(retry.mayRetry(new InterruptedException(), 1)).isFalse();
        }
    }
}
