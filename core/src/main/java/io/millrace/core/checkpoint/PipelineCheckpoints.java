// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Position;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator may do with the checkpoints of a pipeline that does not run:
 *
 * <pre>{@code
 * try (var checkpoints = PipelineCheckpoints.open("orders", new FileCheckpointStore(directory))) {
 *     checkpoints.all().forEach((target, checkpoint) -> System.out.println(target + " " + checkpoint));
 *     checkpoints.retire("search");
 * }
 * }</pre>
 *
 * <p>It reaches the checkpoints in the pipeline's store, not those that targets keep themselves. Each
 * act is logged with who did it and what it replaced, takes effect at the pipeline's next start, and
 * may be done again if it broke off. Acts that replace a checkpoint also replace one that is damaged.
 *
 * <p>No act gives a number of a transaction out a second time: {@link Checkpoint} says how. Whether a
 * position can be read from is found at the next start: the source's log may no longer reach back to
 * it ({@link io.millrace.core.LogLostException}). Not thread-safe.
 */
public final class PipelineCheckpoints implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineCheckpoints.class);

    private final String pipeline;
    private final CheckpointStore store;
    private final String operator;

    private PipelineCheckpoints(String pipeline, CheckpointStore store, String operator) {
        this.pipeline = pipeline;
        this.store = store;
        this.operator = operator;
    }

    /**
     * Takes the store for a pipeline, in the name of the process's user.
     *
     * @throws CheckpointException if the pipeline runs
     * @throws io.millrace.core.InvalidOptionsException if no pipeline can have that id
     */
    public static PipelineCheckpoints open(String pipeline, CheckpointStore store) throws IOException {
        return open(pipeline, store, System.getProperty("user.name", "unknown"));
    }

    /**
     * Takes the store for a pipeline.
     *
     * @param operator who acts, for the log
     * @throws CheckpointException if the pipeline runs
     * @throws io.millrace.core.InvalidOptionsException if no pipeline can have that id
     */
    public static PipelineCheckpoints open(String pipeline, CheckpointStore store, String operator) throws IOException {
        Objects.requireNonNull(operator, "operator");
        PipelineOptions valid =
                PipelineOptions.builder(pipeline).checkpoints(store).build();
        store.open(valid.id());
        return new PipelineCheckpoints(pipeline, store, operator);
    }

    /**
     * {@return the checkpoints in the store, by their targets' names}
     *
     * @throws CheckpointException if one of them cannot be used
     */
    public SortedMap<String, Checkpoint> all() throws IOException {
        return allBut(Set.of());
    }

    /**
     * {@return all checkpoints in the store as one JSON document, for {@link #importJson}}
     *
     * @throws CheckpointException if one of them cannot be used
     */
    public String exportJson() throws IOException {
        return CheckpointExport.write(pipeline, all());
    }

    /**
     * Replaces the checkpoints of all targets in the document by those in it; other targets keep
     * theirs.
     *
     * @param document what {@link #exportJson} wrote
     * @throws CheckpointException if it is not that, or of another pipeline; then nothing is changed
     */
    public void importJson(String document) throws IOException {
        SortedMap<String, Checkpoint> imported = CheckpointExport.read(pipeline, document);
        SortedMap<String, Checkpoint> before = allBut(imported.keySet());
        for (String target : imported.keySet()) {
            Checkpoint checkpoint = Objects.requireNonNull(imported.get(target));
            Checkpoint kept = isCountedOn(checkpoint, target, before)
                    ? withEpoch(checkpoint, before.values())
                    : chosen(checkpoint, checkpoint.position(), checkpoint.open(), before.values());
            replace("imported", target, kept);
        }
    }

    /** {@return whether the target was given no numbers of another numbering since} */
    private static boolean isCountedOn(Checkpoint imported, String target, SortedMap<String, Checkpoint> before) {
        Checkpoint current = before.get(target);
        Collection<Checkpoint> judges = current == null ? before.values() : Set.of(current);
        return imported.numbering() != 0
                && judges.stream().allMatch(judge -> judge.numbering() == imported.numbering());
    }

    /**
     * Lets a target go on from another position, with nothing acknowledged behind it: what lies
     * between that and its checkpoint comes once more, or never if the position lies ahead.
     *
     * @throws CheckpointException if the pipeline has no such target
     */
    public void rewind(String target, Position position) throws IOException {
        rewind(target, position.toJson());
    }

    /**
     * Does what {@link #rewind(String, Position)} does.
     *
     * @param positionJson as the source's position writes itself, see {@link Checkpoint#position()}; the
     *     source reads it at the next start, and refuses one that is not its own
     * @throws CheckpointException if the pipeline has no such target
     * @throws IllegalArgumentException if it is not a JSON object
     */
    public void rewind(String target, String positionJson) throws IOException {
        Objects.requireNonNull(positionJson, "positionJson");
        SortedMap<String, Checkpoint> before = allBut(Set.of(target));
        Checkpoint known = known(target, before);
        if (known == null) {
            throw new CheckpointException(
                    "no checkpoint in %s that can be read tells of a target %s of pipeline %s. Import one; or let the target begin at the position by TargetOptions.start."
                            .formatted(store, target, pipeline),
                    null);
        }
        replace("rewound", target, chosen(known, positionJson, null, before.values()));
    }

    /**
     * Lets a target begin anew, where its start option says. The numbers of transactions go on.
     *
     * @throws CheckpointException if the pipeline has no such target
     */
    public void reset(String target) throws IOException {
        SortedMap<String, Checkpoint> before = allBut(Set.of(target));
        Checkpoint known = known(target, before);
        if (known != null) {
            replace("reset", target, chosen(known, null, null, before.values()));
        } else if (store.targets().contains(target)) {
            LOG.warn(
                    "{}: no other checkpoint tells which number was given out last; numbers begin anew with target {}",
                    pipeline,
                    target);
            delete("reset", target);
        } else {
            throw unknown(target);
        }
    }

    /**
     * Forgets a target that the pipeline no longer has, or whose checkpoint is lost for good: it is no
     * longer missed, and would begin anew. What targets say of it that keep their own checkpoint stays
     * until the next start without it.
     *
     * @throws CheckpointException if the pipeline has no such target
     */
    public void retire(String target) throws IOException {
        SortedMap<String, Checkpoint> others = allBut(Set.of(target));
        others.remove(target);
        boolean isStored = store.targets().contains(target);
        if (!isStored && others.values().stream().noneMatch(other -> names(other, target))) {
            throw unknown(target);
        }
        for (String other : others.keySet()) {
            Checkpoint checkpoint = Objects.requireNonNull(others.get(other));
            if (names(checkpoint, target)) {
                Set<String> left = new HashSet<>(checkpoint.targets());
                left.remove(target);
                store.save(other, checkpoint.withTargets(left));
            }
        }
        delete("retired", target);
    }

    /** Gives the store back. */
    @Override
    public void close() throws IOException {
        store.close();
    }

    // ---- what the acts have in common

    /** {@return all checkpoints but those of {@code replaced} that cannot be used} */
    private SortedMap<String, Checkpoint> allBut(Set<String> replaced) throws IOException {
        SortedMap<String, Checkpoint> all = new TreeMap<>();
        for (String target : store.targets()) {
            try {
                Checkpoint checkpoint = store.load(target);
                if (checkpoint != null) {
                    all.put(target, checkpoint);
                }
            } catch (CheckpointException e) {
                if (!replaced.contains(target)) {
                    throw e;
                }
                LOG.warn("{}: target {} has a checkpoint that cannot be used: {}", pipeline, target, e.getMessage());
            }
        }
        return all;
    }

    /** {@return the target's checkpoint, else another that names the target, else null} */
    private static @Nullable Checkpoint known(String target, SortedMap<String, Checkpoint> all) {
        Checkpoint own = all.get(target);
        return own != null
                ? own
                : all.values().stream()
                        .filter(other -> names(other, target))
                        .findFirst()
                        .orElse(null);
    }

    private static boolean names(Checkpoint checkpoint, String target) {
        return checkpoint.targets().contains(target);
    }

    private CheckpointException unknown(String target) throws IOException {
        return new CheckpointException(
                "pipeline %s has no target %s: %s holds checkpoints of %s, and none of them names it"
                        .formatted(pipeline, target, store, store.targets()),
                null);
    }

    /** {@return a checkpoint whose position has no number of its own: it carries the highest of all} */
    private static Checkpoint chosen(
            Checkpoint known,
            @Nullable String position,
            Checkpoint.@Nullable OpenTransaction open,
            Collection<Checkpoint> before) {
        long highest = known.transaction();
        for (Checkpoint checkpoint : before) {
            highest = Math.max(highest, checkpoint.transaction());
        }
        Checkpoint latest = withEpoch(known, before);
        return new Checkpoint(
                known.source(), position, highest, open, latest.epoch(), 0, known.targets(), known.filter());
    }

    /** {@return the checkpoint, of no older epoch than any other} */
    private static Checkpoint withEpoch(Checkpoint checkpoint, Collection<Checkpoint> before) {
        long epoch = checkpoint.epoch();
        for (Checkpoint other : before) {
            epoch = Math.max(epoch, other.epoch());
        }
        return new Checkpoint(
                checkpoint.source(),
                checkpoint.position(),
                checkpoint.transaction(),
                checkpoint.open(),
                epoch,
                checkpoint.numbering(),
                checkpoint.targets(),
                checkpoint.filter());
    }

    private void replace(String act, String target, Checkpoint checkpoint) throws IOException {
        String to = checkpoint.toJson();
        String from = described(target);
        store.save(target, checkpoint);
        LOG.warn("{}: checkpoint of target {} {} by {}: from {} to {}", pipeline, target, act, operator, from, to);
    }

    private void delete(String act, String target) throws IOException {
        String from = described(target);
        store.delete(target);
        LOG.warn("{}: target {} {} by {}: its checkpoint was {}", pipeline, target, act, operator, from);
    }

    private String described(String target) throws IOException {
        try {
            Checkpoint checkpoint = store.load(target);
            return checkpoint == null ? "none" : checkpoint.toJson();
        } catch (CheckpointException e) {
            return "one that cannot be used (" + e.getMessage() + ")";
        }
    }
}
