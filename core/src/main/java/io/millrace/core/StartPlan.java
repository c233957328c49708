// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.internal.delivery.LaneStart;
import io.millrace.core.internal.delivery.RunStamp;
import io.millrace.core.source.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a run begins: each target at its checkpoint, or where its start option says; the source at
 * the lowest of them; and the number from which its transactions are counted. Immutable.
 */
final class StartPlan {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

    /**
     * How far numbers leap where it is not known which number a position has. More transactions than
     * can have been delivered since the checkpoints were stored: their numbers are not given out again.
     */
    static final long LEAP = 1L << 32;

    /** Epochs rise by a random step: of two instances that start at once, one has the higher. */
    private static final long EPOCH_STEP = 1L << 20;

    /** Asks the source where its start option says; may wait. */
    interface FirstPosition {
        Position get() throws InterruptedException;
    }

    private final String pipeline;
    private final Source source;
    private final List<StartTarget> targets;
    private final List<Position> positions;
    private final Position lowest;
    private final long highestNumber;
    private final long number;
    private final long numbering;
    private final RunStamp stamp;

    /**
     * @param targets the run's targets, at least one
     * @param stored names of the targets that have a checkpoint in the pipeline's store
     * @throws CheckpointException if a checkpoint cannot be used, or is missing
     * @throws InvalidOptionsException if a target is to begin at a position of another source
     */
    StartPlan(
            PipelineOptions options, Source source, List<StartTarget> targets, Set<String> stored, FirstPosition first)
            throws InterruptedException {
        this.pipeline = options.id();
        this.source = source;
        this.targets = List.copyOf(targets);
        new StartCheck(options, this.targets).check(source.type(), stored);
        this.positions = List.copyOf(positions(first));
        this.lowest = lowest(positions.stream());
        this.highestNumber =
                targets.stream().mapToLong(StartTarget::transaction).max().orElse(0);
        long epoch = 1
                + checkpoints().mapToLong(Checkpoint::epoch).max().orElse(0)
                + ThreadLocalRandom.current().nextLong(EPOCH_STEP);
        StartTarget counted = lowest.isRepeatable() ? countedToLowest() : null;
        if (counted != null) {
            this.number = counted.transaction();
            this.numbering = numberings().iterator().next();
        } else {
            this.number = checkpoints().findAny().isEmpty() ? 0 : highestNumber + LEAP;
            this.numbering = epoch;
        }
        Set<String> known = known(stored);
        String filter = options.filter().fingerprint();
        this.stamp = new RunStamp(source.type(), epoch, numbering, known, filter);
        targets.forEach(target -> known.remove(target.name()));
        if (!known.isEmpty()) {
            LOG.warn(
                    "{}: there are checkpoints of targets that are not in this run: {}. If they were removed or renamed for good, retire them by PipelineCheckpoints.",
                    pipeline,
                    known);
        }
    }

    /** {@return names of the targets whose checkpoints were written under another filter} */
    List<String> ofAnotherFilter() {
        return targets.stream()
                .filter(target -> {
                    Checkpoint checkpoint = target.checkpoint();
                    String filter = checkpoint == null ? null : checkpoint.filter();
                    return filter != null && !filter.equals(stamp.filter());
                })
                .map(StartTarget::name)
                .toList();
    }

    /** {@return where the source begins} */
    Position lowest() {
        return lowest;
    }

    /** {@return where the targets begin, in their order} */
    List<Position> positions() {
        return positions;
    }

    /** {@return the number of the last transaction before {@link #lowest()}} */
    long number() {
        return number;
    }

    /** {@return ids of the transactions of which targets have a part, by the numbers that they had} */
    Map<Long, String> begun() {
        Map<Long, String> begun = new HashMap<>();
        checkpoints().filter(checkpoint -> checkpoint.numbering() == numbering).forEach(checkpoint -> {
            OpenTransaction open = checkpoint.open();
            if (open != null) {
                begun.put(checkpoint.transaction() + 1, open.id());
            }
        });
        return begun;
    }

    /** {@return where the lanes begin, in the order of the targets} */
    List<LaneStart> laneStarts() {
        List<LaneStart> starts = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            StartTarget target = targets.get(i);
            Position position = positions.get(i);
            Checkpoint stored = target.checkpoint();
            boolean isNew = target.position() == null;
            Checkpoint from = stored == null || isNew ? begin(position) : stored;
            boolean unsaved = isNew || !from.targets().equals(stamp.targetsWith(target.name()));
            starts.add(new LaneStart(stamp, source::track, position, from, unsaved));
        }
        return starts;
    }

    /** {@return the checkpoint of a target that begins at {@code position}} */
    private Checkpoint begin(Position position) {
        boolean isCounted = lowest.includes(position);
        return new Checkpoint(
                source.type(),
                position.toJson(),
                isCounted ? number : Math.max(number, highestNumber),
                null,
                1,
                isCounted ? numbering : 0,
                Set.of());
    }

    // ---- positions

    private List<Position> positions(FirstPosition first) throws InterruptedException {
        List<@Nullable Position> stored = new ArrayList<>();
        for (StartTarget target : targets) {
            String json = target.position();
            stored.add(json == null ? null : parse(target, json));
        }
        List<Position> all = new ArrayList<>();
        Position bySource = null;
        for (int i = 0; i < targets.size(); i++) {
            StartTarget target = targets.get(i);
            Position position = stored.get(i);
            if (position == null) {
                position = chosen(target, stored);
                if (position == null) {
                    bySource = bySource == null ? first.get() : bySource;
                    position = bySource;
                }
                LOG.info(
                        "{}: target {} has no checkpoint, it begins at {}", pipeline, target.name(), position.toJson());
            }
            all.add(position);
        }
        return all;
    }

    private Position parse(StartTarget target, String json) {
        try {
            return source.parsePosition(json);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "the position in the checkpoint of pipeline %s, target %s cannot be read: %s: %s"
                            .formatted(pipeline, target.name(), json, e.getMessage()),
                    e);
        }
    }

    /** {@return where the target's start option says, null if it leaves it to the source's} */
    private @Nullable Position chosen(StartTarget target, List<@Nullable Position> stored) {
        if (target.start() instanceof TargetStart.At at) {
            return ofSource(target, at.position());
        }
        boolean alone = stored.stream().allMatch(position -> position == null);
        if (target.start() == TargetStart.Place.BY_SOURCE || alone) {
            return null;
        }
        return lowest(stored.stream().filter(position -> position != null));
    }

    private Position ofSource(StartTarget target, Position position) {
        Findings findings = new Findings();
        try {
            return source.parsePosition(position.toJson());
        } catch (IllegalArgumentException e) {
            findings.add(
                    "start",
                    position.toJson(),
                    "must be a position of the " + source.type() + " source",
                    "use one that the source's module makes");
            throw new InvalidOptionsException("TargetOptions of " + target.name(), findings.all());
        }
    }

    private Position lowest(Stream<Position> of) {
        try {
            return of.reduce(Position::lowest).orElseThrow();
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    "the targets of pipeline %s are at positions that have no order: %s. Rewind one of them by PipelineCheckpoints to a position of the other's kind."
                            .formatted(pipeline, e.getMessage()),
                    e);
        }
    }

    // ---- numbers and names

    /**
     * {@return a target whose number is that of the lowest position; null if there is none, if the targets' numbers
     * were counted apart from each other, or if they are at different positions} What those that are behind get
     * again may come in another order from another server, or with a number passed over: counted on from theirs, it
     * could end below what the others have. Of several, one has the highest if it was behind a number that was
     * passed over.
     */
    private @Nullable StartTarget countedToLowest() {
        if (numberings().size() != 1) {
            return null;
        }
        StartTarget highest = null;
        for (int i = 0; i < targets.size(); i++) {
            StartTarget target = targets.get(i);
            if (!target.isCounted()) {
                continue;
            }
            if (!lowest.includes(positions.get(i))) {
                return null;
            }
            if (highest == null || target.transaction() > highest.transaction()) {
                highest = target;
            }
        }
        return highest;
    }

    private Set<Long> numberings() {
        Set<Long> all = new HashSet<>();
        for (StartTarget target : targets) {
            Checkpoint checkpoint = target.checkpoint();
            if (checkpoint != null && target.isCounted()) {
                all.add(checkpoint.numbering());
            }
        }
        return all;
    }

    private Stream<Checkpoint> checkpoints() {
        return targets.stream().flatMap(target -> Stream.ofNullable(target.checkpoint()));
    }

    /**
     * {@return the names that checkpoints carry on: targets that are not in this run stay known until
     * they are retired, which reaches what is in the store} So what targets say that keep their own
     * checkpoint counts only for the targets of this run.
     */
    private Set<String> known(Set<String> stored) {
        Set<String> names = new HashSet<>(stored);
        for (StartTarget target : targets) {
            Checkpoint checkpoint = target.checkpoint();
            if (checkpoint != null) {
                names.add(target.name());
                names.addAll(target.keepsCheckpoint() ? Set.of() : checkpoint.targets());
            }
        }
        return names;
    }
}
