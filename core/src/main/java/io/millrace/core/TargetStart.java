// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.Objects;

/**
 * Where a target begins that has no checkpoint: at the pipeline's first start, when it was added
 * later, or after a reset. Once it has a checkpoint, that alone counts. Immutable.
 */
public sealed interface TargetStart {

    /** {@return where the source's own start option says} */
    static TargetStart bySource() {
        return Place.BY_SOURCE;
    }

    /**
     * {@return where the furthest behind of the other targets is} If none of them has a checkpoint
     * either, all begin where the source's start option says.
     */
    static TargetStart withOthers() {
        return Place.WITH_OTHERS;
    }

    /**
     * {@return right after everything that the position includes}
     *
     * @param position one of the pipeline's source, or the run ends with {@link
     *     InvalidOptionsException}. If the source's log does not reach back to it, the run ends with
     *     {@link LogLostException}.
     */
    static TargetStart at(Position position) {
        return new At(position);
    }

    /** A place that is known only at the start. */
    enum Place implements TargetStart {
        BY_SOURCE,
        WITH_OTHERS
    }

    /**
     * After a position.
     *
     * @param position the position
     */
    record At(Position position) implements TargetStart {

        public At {
            Objects.requireNonNull(position, "position");
        }
    }
}
