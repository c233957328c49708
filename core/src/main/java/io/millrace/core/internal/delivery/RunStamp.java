// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import java.util.Set;
import java.util.TreeSet;

/**
 * What all checkpoints of a run carry alike: the source, the epoch, since when transactions are
 * counted, which targets have a checkpoint, and the filter. Thread-safe: a lane adds its target when it has stored
 * the first, so that no checkpoint names a target that cannot have one yet.
 */
public final class RunStamp {

    private final String source;
    private final long epoch;
    private final long numbering;
    private final String filter;
    private volatile Set<String> targets;

    /**
     * @param source kind of the source
     * @param epoch which start of the pipeline this is
     * @param numbering the epoch since which the run's transactions are counted
     * @param targets names of the targets that have a checkpoint already
     * @param filter its fingerprint
     */
    public RunStamp(String source, long epoch, long numbering, Set<String> targets, String filter) {
        this.source = source;
        this.epoch = epoch;
        this.numbering = numbering;
        this.targets = Set.copyOf(targets);
        this.filter = filter;
    }

    String source() {
        return source;
    }

    long epoch() {
        return epoch;
    }

    long numbering() {
        return numbering;
    }

    public String filter() {
        return filter;
    }

    /** The target has a checkpoint from now on. */
    void stored(String target) {
        if (!targets.contains(target)) {
            synchronized (this) {
                targets = targetsWith(target);
            }
        }
    }

    /** {@return the targets that have a checkpoint, and {@code target}, which stores one now} */
    public Set<String> targetsWith(String target) {
        Set<String> known = targets;
        if (known.contains(target)) {
            return known;
        }
        Set<String> all = new TreeSet<>(known);
        all.add(target);
        return Set.copyOf(all);
    }
}
