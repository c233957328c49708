// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.FencedException;
import io.millrace.core.LogLostException;
import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.Source;
import io.millrace.testkit.ScriptedSource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetTest {

    private final Processor healthy = new ScriptedSource().processor(pipeline("healthy"), List.of(new Nowhere()));

    private static PipelineOptions pipeline(String id) {
        return PipelineOptions.builder(id)
                .checkpoints(new InMemoryCheckpointStore())
                .build();
    }

    private static final class Nowhere extends Target {

        Nowhere() {
            super(TargetOptions.named("nowhere"));
        }

        @Override
        protected void save(List<Record> records) {}
    }

    /** A pipeline that fails when it begins. */
    private static final class Failing extends Processor {

        private final MillraceException failure;

        Failing(MillraceException failure) {
            super(pipeline("failing"), List.of(new Nowhere()));
            this.failure = failure;
        }

        @Override
        protected Source source() {
            throw failure;
        }
    }

    @Test
    void shouldLetTheOthersGoOnWhenOneFails() throws InterruptedException {
        Processor failing = new Failing(new PermanentException("broken", null));
        Fleet fleet = new Fleet(List.of(failing, healthy), false);

        fleet.start();

        assertThat(healthy.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30)))
                .isTrue();
        await().until(() -> failing.status().state() == ProcessorState.FAILED);
        assertThat(fleet.awaitEnd(100)).isFalse();
        fleet.stop();
        assertThat(fleet.awaitEnd(30_000)).isTrue();
        assertThat(healthy.status().state()).isEqualTo(ProcessorState.STOPPED);
        assertThat(fleet.outcome()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void shouldStopAllAtTheFirstFailureIfAskedTo() throws InterruptedException {
        Fleet fleet = new Fleet(List.of(healthy, new Failing(new PermanentException("broken", null))), true);

        fleet.start();

        assertThat(fleet.awaitEnd(30_000)).isTrue();
        assertThat(healthy.status().state()).isEqualTo(ProcessorState.STOPPED);
        assertThat(fleet.outcome()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void shouldEndWellWhenItIsStopped() throws InterruptedException {
        Fleet fleet = new Fleet(List.of(healthy), false);
        fleet.start();
        healthy.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30));

        fleet.stop();

        assertThat(fleet.awaitEnd(30_000)).isTrue();
        assertThat(fleet.outcome()).isEqualTo(ExitCode.STOPPED);
    }

    @Test
    void shouldTellALostLogAndATakeOverFromOtherFailures() throws InterruptedException {
        assertThat(outcomeOf(new LogLostException("gone", "binlog.000001", null)))
                .isEqualTo(3);
        assertThat(outcomeOf(new FencedException("taken over", null))).isEqualTo(4);
        assertThat(outcomeOf(new PermanentException("broken", null))).isEqualTo(1);
    }

    private static int outcomeOf(MillraceException failure) throws InterruptedException {
        Fleet fleet = new Fleet(List.of(new Failing(failure)), false);
        fleet.start();
        assertThat(fleet.awaitEnd(30_000)).isTrue();
        return fleet.outcome().status();
    }
}
