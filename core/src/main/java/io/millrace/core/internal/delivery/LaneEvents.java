// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.ErrorPolicy;
import io.millrace.core.checkpoint.Checkpoint;
import java.time.Duration;

/** What a lane tells the processor, on the lane's thread. */
public interface LaneEvents {

    /** The target failed and is tried again after {@code delay}. */
    void retrying(String target, Throwable failure, int attempt, Duration delay);

    /** A batch has not been acknowledged for so long. */
    void stalled(String target, Duration since);

    /** A change was put aside. */
    void rejected(String target, Change change, Throwable failure, ErrorPolicy.Action action);

    /** A checkpoint has become durable. */
    void stored(String target, Checkpoint checkpoint);

    /** The lane has ended by a failure. */
    void failed(Lane lane, Throwable failure);
}
