// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.benchmarks.torture.CapturerProcess.Ending;
import io.millrace.testkit.FaultyProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The capturer's processes one after the other: at any moment one should be running. Used by one thread. */
final class Capturers implements AutoCloseable {

    private static final Duration REFUSAL_LIMIT = Duration.ofSeconds(30);
    private static final int MOST_FAILURES = 5;
    private static final Duration BESIDE = Duration.ofSeconds(4);

    private final Servers servers;
    private final String startGtids;
    private final Mode mode;
    private final Sabotage sabotage;
    private final RunLog log;
    private final Path checkpoints;
    private final List<CapturerProcess> runs = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private int failures;
    private int hangingTransactions;

    Capturers(Servers servers, String startGtids, Mode mode, Sabotage sabotage, RunLog log) {
        this.servers = servers;
        this.startGtids = startGtids;
        this.mode = mode;
        this.sabotage = sabotage;
        this.log = log;
        this.checkpoints = log.directory().resolve("checkpoints");
    }

    void start() throws IOException {
        CapturerProcess started = launch(checkpoints(), CapturerSettings.TARGET);
        log.event("capturer %d started, checkpoint %s", started.run(), started.start());
    }

    /** {@return where the next process has its store} The lock of files would hide what the target does itself. */
    private Path checkpoints() {
        return mode == Mode.EXACTLY_ONCE ? log.directory().resolve("store-" + (runs.size() + 1)) : checkpoints;
    }

    private CapturerProcess launch(Path directory, String target) throws IOException {
        FaultyProxy source = servers.sourceProxy();
        FaultyProxy brokers = servers.brokerProxy();
        CapturerProcess started = CapturerProcess.start(
                new CapturerSettings(
                        runs.size() + 1,
                        mode,
                        sabotage,
                        target,
                        source.host(),
                        source.port(),
                        brokers.host() + ":" + brokers.port(),
                        startGtids,
                        directory.toString()),
                log.directory());
        runs.add(started);
        return started;
    }

    CapturerProcess current() {
        return runs.get(runs.size() - 1);
    }

    void kill() {
        current().kill();
        log.event("capturer %d killed", current().run());
    }

    /** Ends the current process in order. */
    void stop() throws IOException {
        CapturerProcess ended = current();
        ended.stop();
        log.event("capturer %d told to end: %s", ended.run(), ended.ending());
    }

    /**
     * If the current process has ended by itself, notes it, and starts another unless that happens too often. One
     * that ended over a hanging transaction did right: the broker left it, and an operator has to end it.
     */
    void check() throws IOException {
        CapturerProcess process = current();
        if (process.isRunning() || process.ending() != Ending.FAILED) {
            return;
        }
        if (process.hasMetHangingTransaction()) {
            log.event("capturer %d ended over a hanging transaction", process.run());
            int ended = new HangingTransactions(servers.broker().bootstrapServers(), log).end();
            hangingTransactions += ended;
            if (ended > 0) {
                start();
                return;
            }
        }
        violation("capturer %d ended by itself with status %d".formatted(process.run(), process.exitStatus()));
        if (++failures < MOST_FAILURES) {
            start();
        } else {
            process.kill();
        }
    }

    /** Deploys a second process beside the first, and sees that only one of them goes on. */
    void deploySecond() throws IOException {
        boolean streams = Waits.until(REFUSAL_LIMIT, () -> {
            check();
            return current().connections() > 0;
        });
        CapturerProcess first = current();
        if (!streams) {
            violation("capturer %d does not begin to stream".formatted(first.run()));
            return;
        }
        if (mode == Mode.EXACTLY_ONCE) {
            replace(first);
        } else {
            CapturerProcess second = launch(
                    sabotage == Sabotage.NO_EPOCH_CHECK ? copyOfCheckpoints() : checkpoints, CapturerSettings.TARGET);
            log.event("capturer %d started beside %d", second.run(), first.run());
            awaitRefused(second);
            runs.remove(first);
            runs.add(first);
        }
    }

    /** A second process takes over, every other time while the first one stands still and does not notice. */
    private void replace(CapturerProcess first) throws IOException {
        boolean paused = runs.size() % 2 == 0;
        if (paused) {
            first.pause();
        }
        // Under another name it shares nothing with the first, so that nobody is fenced.
        String target = CapturerSettings.TARGET + (sabotage == Sabotage.NO_EPOCH_CHECK ? runs.size() : "");
        CapturerProcess second = launch(checkpoints(), target);
        log.event("capturer %d started beside %d%s", second.run(), first.run(), paused ? ", which is paused" : "");
        if (paused) {
            Waits.until(REFUSAL_LIMIT, () -> second.connections() > 0);
            long connections = first.connections();
            first.resume();
            awaitFenced(first, second);
            if (first.connections() > connections && !second.hasMetHangingTransaction()) {
                violation("capturer %d connected again after it was replaced".formatted(first.run()));
            }
        } else {
            awaitFenced(first, second);
        }
    }

    /** If one of them ends over a hanging transaction instead, {@link #check} goes on from there. */
    private void awaitFenced(CapturerProcess first, CapturerProcess second) throws IOException {
        boolean fenced = first.awaitExit(sabotage == Sabotage.NO_EPOCH_CHECK ? BESIDE : REFUSAL_LIMIT)
                && first.log().contains(CapturerMain.STATE + "FENCED");
        log.event("capturer %d %s", first.run(), fenced ? "is fenced" : "was not fenced");
        if (!fenced && !first.hasMetHangingTransaction() && !second.hasMetHangingTransaction()) {
            violation("capturer %d was not fenced by a second instance".formatted(first.run()));
        }
        first.kill();
    }

    private void awaitRefused(CapturerProcess second) throws IOException {
        boolean expected = sabotage != Sabotage.NO_EPOCH_CHECK;
        boolean refused = second.awaitExit(expected ? REFUSAL_LIMIT : BESIDE)
                && second.exitStatus() == CapturerMain.STATUS_CHECKPOINT;
        log.event("capturer %d %s", second.run(), refused ? "was refused" : "was not refused");
        if (!refused) {
            violation("capturer %d was not refused beside another".formatted(second.run()));
        }
        second.kill();
    }

    private Path copyOfCheckpoints() throws IOException {
        Path copy = Files.createDirectories(log.directory().resolve("checkpoints-" + (runs.size() + 1)));
        try (Stream<Path> files = Files.list(checkpoints)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".checkpoint"))
                    .toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private void violation(String text) {
        log.event("VIOLATION: %s", text);
        violations.add(text);
    }

    /** {@return what the processes did that they must not} */
    List<String> violations() {
        return violations;
    }

    /** {@return how many transactions the broker left open for ever} */
    int hangingTransactions() {
        return hangingTransactions;
    }

    /** {@return all processes, once they have ended} */
    List<CapturerRun> runs() throws IOException {
        List<CapturerRun> facts = new ArrayList<>();
        for (CapturerProcess process : runs) {
            facts.add(process.facts());
        }
        return facts;
    }

    /** {@return what the stored checkpoint says now} */
    StoredCheckpoint checkpoint() throws IOException {
        return mode == Mode.EXACTLY_ONCE
                ? StoredCheckpoint.readTopic(servers.broker().bootstrapServers())
                : StoredCheckpoint.read(checkpoints);
    }

    @Override
    public void close() {
        for (CapturerProcess process : runs) {
            if (process.isRunning()) {
                process.kill();
            }
        }
    }
}
