// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import java.time.Duration;

/** What a lane tells the processor, on the lane's thread. */
public interface LaneEvents {

    /** The target failed and is tried again after {@code delay}. */
    void retrying(String target, Throwable failure, int attempt, Duration delay);

    /** The lane has ended by a failure. */
    void failed(String target, Throwable failure);
}
