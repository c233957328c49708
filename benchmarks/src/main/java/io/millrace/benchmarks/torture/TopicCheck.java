// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.benchmarks.torture.Problems.Kind;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Holds what the topics tell against what was committed, change by change. Not thread-safe.
 *
 * <p>What must hold, for each row: its changes stand in one partition; each comes first after all that
 * were committed before it; within the records of one process they follow each other without a gap. A
 * process goes on where it was or before it, never behind. Where changes may come again, they do so
 * only if the process that sent them last was killed or its target failed and went on, never if the
 * checkpoint that the new process found had them, and no more of them than may have been on their way.
 */
final class TopicCheck implements TopicReader.Sink {

    private final Map<RowKey, RowHistory> histories;
    private final Mode mode;
    private final Problems problems;
    private final Map<Integer, CapturerRun> runs = new HashMap<>();
    private final Map<RowKey, RowProgress> rows = new HashMap<>();
    private final Map<Integer, Integer> comeAgain = new HashMap<>();
    private long changes;
    private long tombstones;

    /** @param runs all processes that may have sent something */
    TopicCheck(Map<RowKey, RowHistory> histories, List<CapturerRun> runs, Mode mode, Problems problems) {
        this.histories = histories;
        this.mode = mode;
        this.problems = problems;
        runs.forEach(run -> this.runs.put(run.number(), run));
    }

    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record) throws IOException {
        TopicEvent event = TopicEvent.of(record);
        RowProgress row = progress(event.row());
        row.endsInTombstone = event.isTombstone();
        if (event.isTombstone()) {
            tombstones++;
            return;
        }
        changes++;
        row.checksum = Step.isThere(event.step()) ? event.checksum() : null;
        int index = row.history.indexOf(event.step());
        if (index < 0) {
            problems.add(Kind.UNEXPECTED, event.row(), event.toString());
            return;
        }
        checkContent(event, row, index);
        checkPlace(event, row, index);
        if (row.senders[index] != 0) {
            checkDuplicate(event, row.senders[index]);
        }
        row.take(index, event.run());
    }

    private RowProgress progress(RowKey row) {
        return rows.computeIfAbsent(row, key -> new RowProgress(histories.getOrDefault(key, new RowHistory())));
    }

    private void checkContent(TopicEvent event, RowProgress row, int index) throws IOException {
        int step = row.history.step(index);
        int version = Step.version(step);
        boolean wasThere = index > 0 && Step.isThere(row.history.step(index - 1));
        String kind = wasThere ? (Step.isThere(step) ? "UPDATE" : "DELETE") : "INSERT";
        boolean right = event.kind().equals(kind)
                && event.checksum() == RowContent.of(event.row(), version).checksum()
                && (!kind.equals("UPDATE")
                        || event.checksumBefore()
                                == RowContent.of(event.row(), version - 1).checksum());
        if (!right) {
            problems.add(Kind.WRONG, event.row(), event + " should be " + kind + " " + Step.text(step));
        }
    }

    private void checkPlace(TopicEvent event, RowProgress row, int index) {
        boolean ordered;
        if (event.run() == row.run) {
            ordered = index == row.index + 1
                    || (index <= row.index && run(event.run()).retries() > 0);
        } else {
            ordered = event.run() > row.run && index <= row.complete;
        }
        if (!ordered) {
            String last =
                    row.index < 0 ? "nothing" : Step.text(row.history.step(row.index)) + " by capturer " + row.run;
            problems.add(Kind.OUT_OF_ORDER, event.row(), event + " after " + last);
        }
        if (row.partition >= 0 && row.partition != event.partition()) {
            problems.add(Kind.OUT_OF_ORDER, event.row(), event + " after others in partition " + row.partition);
        }
        row.partition = event.partition();
    }

    private CapturerRun run(int number) {
        return Objects.requireNonNull(runs.get(number), () -> "there was no capturer " + number);
    }

    private void checkDuplicate(TopicEvent event, int sender) {
        comeAgain.merge(sender, 1, Integer::sum);
        CapturerRun mine = run(event.run());
        boolean allowed = mode == Mode.AT_LEAST_ONCE
                && (sender == event.run() ? mine.retries() > 0 : !run(sender).orderly())
                && !mine.start().includes(event.gtid(), event.ordinal());
        if (!allowed) {
            problems.add(Kind.DOUBLED, event.row(), event + ", sent before by capturer " + sender);
        }
    }

    /** Looks for what never came, and for more duplicates than there may be; all topics have been read. */
    void finish() {
        histories.forEach((key, history) -> {
            RowProgress row = progress(key);
            for (int i = row.complete; i < history.size(); i++) {
                if (row.senders[i] == 0) {
                    problems.add(Kind.MISSING, key, Step.text(history.step(i)));
                }
            }
            if (key.table().isKeyed() && row.checksum == null && !row.endsInTombstone) {
                problems.add(Kind.MISSING, key, "a tombstone at the end");
            }
        });
        comeAgain.forEach((sender, count) -> {
            if (count > run(sender).mostAgain()) {
                problems.add(Kind.DOUBLED, "too many came again: " + again(sender, count));
            }
        });
    }

    private String again(int sender, int count) {
        return "%d of at most %d that capturer %d had sent"
                .formatted(count, run(sender).mostAgain(), sender);
    }

    /** {@return the checksums of the table's rows as its topic leaves them} */
    Map<RowKey, Long> state(TortureTable table) {
        Map<RowKey, Long> state = new HashMap<>();
        rows.forEach((key, row) -> {
            if (key.table() == table && row.checksum != null) {
                state.put(key, row.checksum);
            }
        });
        return state;
    }

    long changes() {
        return changes;
    }

    long tombstones() {
        return tombstones;
    }

    /** {@return changes that came again, the allowed ones too} */
    long duplicates() {
        return comeAgain.values().stream().mapToLong(count -> count).sum();
    }

    /** {@return how many changes came again of each process, and how many might have} */
    String comeAgain() {
        return comeAgain.entrySet().stream()
                .map(entry -> again(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }
}
