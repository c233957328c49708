// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.List;

/**
 * Whether a {@link Processor} does its work, for the health endpoint of an application. Immutable.
 *
 * @param level the answer in one word
 * @param problems everything that is not as it should be, for people; empty if the level is UP
 */
public record ProcessorHealth(Level level, List<String> problems) {

    /** The answer in one word. */
    public enum Level {
        /** It reads the log, and all targets take what it delivers. */
        UP,
        /** Something is late or failing, and is being tried again; nothing is lost. */
        DEGRADED,
        /** It does not run: not yet, or not any more. Only a new processor helps if it has ended. */
        DOWN
    }

    public ProcessorHealth {
        problems = List.copyOf(problems);
    }
}
