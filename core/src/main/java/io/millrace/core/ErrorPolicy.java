// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happens when a target cannot deliver one change and trying again is of no use. It concerns
 * changes, not targets: a {@link PermanentException} other than {@link ChangeRejectedException} says
 * that no change can be delivered, and always stops. A failure of unknown kind that stays after
 * {@link RetryOptions#maxAttempts()} is tried with each change of the batch alone, to find the one.
 * Immutable.
 */
public final class ErrorPolicy {

    /** What becomes of the change. */
    public enum Action {
        STOP,
        SKIP,
        DEAD_LETTER
    }

    private static final ErrorPolicy STOP = new ErrorPolicy(Action.STOP, null);
    private static final ErrorPolicy SKIP = new ErrorPolicy(Action.SKIP, null);

    private final Action action;
    private final @Nullable Target deadLetters;

    private ErrorPolicy(Action action, @Nullable Target deadLetters) {
        this.action = action;
        this.deadLetters = deadLetters;
    }

    /** {@return the lane fails, and with it the processor, unless the target is optional} The default. */
    public static ErrorPolicy stop() {
        return STOP;
    }

    /** {@return the change is left out: logged with its position, counted, told to listeners} */
    public static ErrorPolicy skip() {
        return SKIP;
    }

    /**
     * {@return the change goes to another target instead, and the checkpoint passes it once it is stored
     * there} It comes as a {@link Record} of kind INSERT in the table {@code millrace.dead_letters}, whose columns
     * are the text columns {@code pipeline}, {@code target}, {@code transaction_id}, {@code ordinal}, {@code sub_ordinal} (these
     * five are the key), {@code source}, {@code position}, {@code event_type}, {@code schema_name},
     * {@code table_name}, {@code record} (the change as native JSON, as far as it can be read; of one that
     * a transform failed with, the key only, and null for a statement),
     * {@code problem} and {@code exception}.
     *
     * @param target used by this lane alone; it must not keep checkpoints of its own, and has no transforms
     */
    public static ErrorPolicy deadLetter(Target target) {
        return new ErrorPolicy(Action.DEAD_LETTER, Objects.requireNonNull(target, "target"));
    }

    public Action action() {
        return action;
    }

    /** {@return where changes go instead; null unless the action is {@link Action#DEAD_LETTER}} */
    public @Nullable Target deadLetters() {
        return deadLetters;
    }

    @Override
    public String toString() {
        return deadLetters == null ? action.name() : action + " to " + deadLetters.name();
    }
}
