// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointLostException;
import java.util.List;
import java.util.Set;

/** Refuses to start from checkpoints of another source, or without those that must be there. */
final class StartCheck {

    private final PipelineOptions options;
    private final List<StartTarget> targets;

    StartCheck(PipelineOptions options, List<StartTarget> targets) {
        this.options = options;
        this.targets = targets;
    }

    /**
     * @param stored names of the targets that have a checkpoint in the pipeline's store
     * @throws CheckpointException if a checkpoint cannot be used, or is missing
     */
    void check(String sourceType, Set<String> stored) {
        for (StartTarget target : targets) {
            Checkpoint checkpoint = target.checkpoint();
            if (checkpoint == null) {
                refuseIfLost(target, stored);
            } else if (!checkpoint.source().equals(sourceType)) {
                throw new CheckpointException(
                        "the checkpoint of pipeline %s, target %s is of a %s source, not of %s; use another pipeline id or another store"
                                .formatted(options.id(), target.name(), checkpoint.source(), sourceType),
                        null);
            }
        }
        if (options.expectCheckpoint() && targets.stream().allMatch(target -> target.checkpoint() == null)) {
            throw new CheckpointLostException(
                    "pipeline %s expects checkpoints, but none of its targets %s has one; the store is %s. Restore them, or start once with expectCheckpoint(false) to begin anew."
                            .formatted(options.id(), names(targets), options.checkpoints()));
        }
    }

    private void refuseIfLost(StartTarget target, Set<String> stored) {
        List<StartTarget> namers =
                targets.stream().filter(other -> names(other, target.name())).toList();
        boolean isLeftOver = target.keepsCheckpoint() && stored.contains(target.name());
        if (namers.isEmpty() && !isLeftOver) {
            return;
        }
        String evidence = namers.isEmpty()
                ? options.checkpoints() + " has one from when the target did not keep its own"
                : "the checkpoints of " + names(namers) + " tell of one";
        throw new CheckpointLostException(
                "target %s of pipeline %s has lost its checkpoint: %s, but %s holds none. Restore it; or let the target begin where its start option says, knowing that changes may be missed or repeated, by %s."
                        .formatted(
                                target.name(),
                                options.id(),
                                evidence,
                                target.keepsCheckpoint() ? "the target" : options.checkpoints(),
                                remedy(target, namers)));
    }

    private static String remedy(StartTarget target, List<StartTarget> namers) {
        if (!target.keepsCheckpoint()) {
            return "PipelineCheckpoints.reset(\"" + target.name() + "\")";
        }
        String retire = "PipelineCheckpoints.retire(\"" + target.name() + "\")";
        return namers.stream().anyMatch(StartTarget::keepsCheckpoint)
                ? retire + " and one start without the target"
                : retire;
    }

    private static boolean names(StartTarget namer, String target) {
        Checkpoint checkpoint = namer.checkpoint();
        return checkpoint != null && checkpoint.targets().contains(target);
    }

    private static List<String> names(List<StartTarget> targets) {
        return targets.stream().map(StartTarget::name).toList();
    }
}
