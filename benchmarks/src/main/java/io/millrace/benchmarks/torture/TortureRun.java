// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.benchmarks.torture.CapturerProcess.Ending;
import io.millrace.benchmarks.torture.Problems.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One run of the torture test: start, break, catch up, judge. */
final class TortureRun {

    private static final Duration CATCH_UP_LIMIT = Duration.ofMinutes(3);

    private final TortureOptions options;
    private final Problems problems = new Problems();

    TortureRun(TortureOptions options) {
        this.options = options;
    }

    /** {@return whether the guarantee held; {@link #problems()} tells where it did not} */
    boolean run() throws Exception {
        try (RunLog log = new RunLog(options.directory())) {
            log.event(
                    "seed %d, %s, %s, sabotage %s; everything is kept in %s",
                    options.seed(),
                    Names.of(options.mode()),
                    options.time(),
                    Names.of(options.sabotage()),
                    log.directory().toAbsolutePath());
            try (Servers servers = Servers.start()) {
                try {
                    run(servers, log);
                } finally {
                    servers.keepLogs(log.directory());
                }
            }
            log.event("the guarantee %s", problems.isEmpty() ? "held" : "was BROKEN, see problems.txt");
        }
        return problems.isEmpty();
    }

    Problems problems() {
        return problems;
    }

    private void run(Servers servers, RunLog log) throws Exception {
        String start = servers.source().executedGtids();
        try (Capturers capturers = new Capturers(servers, start, options.mode(), options.sabotage(), log);
                Writers writers = Writers.start(servers.source(), options.seed(), log)) {
            capturers.start();
            FaultInjector faults = new FaultInjector(servers, capturers, options.faults(), options.seed(), log);
            faults.run(options.time());
            writers.stop();
            log.event("writers have ended");
            catchUp(servers, capturers, writers, log);
            judge(servers, capturers, writers, faults, log);
        }
    }

    private void catchUp(Servers servers, Capturers capturers, Writers writers, RunLog log) throws IOException {
        Map<RowKey, Integer> ledger = writers.ledger();
        try (LedgerWatch watch = new LedgerWatch(servers.broker().bootstrapServers())) {
            boolean arrived = Waits.until(CATCH_UP_LIMIT, () -> {
                capturers.check();
                return watch.has(ledger);
            });
            if (!arrived) {
                problems.add(Kind.MISBEHAVED, "the capturer has not caught up within " + CATCH_UP_LIMIT);
            }
        }
        capturers.stop();
        if (capturers.current().ending() != Ending.ORDERLY) {
            problems.add(Kind.MISBEHAVED, "the last capturer did not end in order");
        }
        capturers.violations().forEach(violation -> problems.add(Kind.MISBEHAVED, violation));
    }

    private void judge(Servers servers, Capturers capturers, Writers writers, FaultInjector faults, RunLog log)
            throws IOException, SQLException {
        Map<RowKey, RowHistory> histories = writers.histories();
        List<CapturerRun> runs = capturers.runs();
        TopicCheck topics = new TopicCheck(histories, runs, options.mode(), problems);
        TopicReader reader = new TopicReader(servers.broker().bootstrapServers());
        reader.readAll(topics);
        topics.finish();
        TableCheck tables = new TableCheck(servers.source(), problems, log);
        for (TortureTable table : TortureTable.values()) {
            tables.compare(table, topics.state(table));
        }
        log.event(
                "%d faults: %s",
                faults.counts().values().stream().mapToInt(count -> count).sum(),
                faults.counts().entrySet().stream()
                        .map(entry -> Names.of(entry.getKey()) + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
        log.event(
                "committed: %,d changes in %,d transactions; rolled back: %,d transactions",
                histories.values().stream().mapToLong(RowHistory::size).sum(),
                writers.committed(),
                writers.rolledBack());
        log.event(
                "arrived: %,d changes and %,d tombstones from %d capturers",
                topics.changes(), topics.tombstones(), runs.size());
        log.event("duplicates %,d: %s", topics.duplicates(), topics.comeAgain());
        log.event("hanging transactions left by the broker and ended by hand: %,d", capturers.hangingTransactions());
        for (Kind kind : Kind.values()) {
            log.event("%s %,d", Names.of(kind), problems.count(kind));
        }
        if (!problems.isEmpty()) {
            explain(reader, log);
        }
    }

    /** Writes down the first problems, and for their rows everything that the topics hold. */
    private void explain(TopicReader reader, RunLog log) throws IOException {
        Map<RowKey, List<String>> sequences = new HashMap<>();
        problems.rows().forEach(row -> sequences.put(row, new ArrayList<>()));
        reader.readAll(record -> {
            TopicEvent event = TopicEvent.of(record);
            List<String> sequence = sequences.get(event.row());
            if (sequence != null) {
                sequence.add(event.toString());
            }
        });
        try (PrintWriter out =
                new PrintWriter(Files.newBufferedWriter(log.directory().resolve("problems.txt")))) {
            problems.first().forEach(out::println);
            sequences.forEach((row, sequence) -> {
                out.println();
                out.println(row + " in its topic:");
                sequence.forEach(event -> out.println("    " + event));
            });
        }
        problems.first().stream().limit(10).forEach(text -> log.event("%s", text));
    }
}
