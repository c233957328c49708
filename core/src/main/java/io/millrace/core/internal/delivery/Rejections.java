// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import io.millrace.core.ErrorPolicy;
import io.millrace.core.MillraceException;
import io.millrace.core.Record;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What a lane does with changes that its target cannot deliver. Used by the lane's thread. */
final class Rejections {

    private final String pipeline;
    private final String target;
    private final ErrorPolicy.Action action;
    private final @Nullable Outlet deadLetters;
    private final LaneEvents events;
    private final LaneCounters counters;
    private boolean wasOpened;

    /** @param deadLetters where changes go instead; null unless the action is DEAD_LETTER */
    Rejections(
            String pipeline,
            String target,
            ErrorPolicy.Action action,
            @Nullable Outlet deadLetters,
            LaneEvents events,
            LaneCounters counters) {
        this.pipeline = pipeline;
        this.target = target;
        this.action = action;
        this.deadLetters = deadLetters;
        this.events = events;
        this.counters = counters;
    }

    void open() throws Exception {
        if (deadLetters != null) {
            wasOpened = true;
            deadLetters.open();
        }
    }

    void close() throws Exception {
        if (deadLetters != null && wasOpened) {
            deadLetters.close();
        }
    }

    /** {@return whether the failure may be that of single changes, and these are not to stop the lane} */
    boolean mayAccept(Throwable failure) {
        boolean ofAChange = failure instanceof ChangeRejectedException
                || (failure instanceof Exception
                        && !(failure instanceof MillraceException)
                        && !(failure instanceof InterruptedException));
        return ofAChange && action != ErrorPolicy.Action.STOP;
    }

    /** Puts the change aside for good. */
    void accept(Change change, Throwable failure) throws Exception {
        if (deadLetters != null) {
            Record letter = DeadLetter.of(pipeline, target, change, failure);
            try {
                CompletionStage<@Nullable Void> stored = deadLetters.deliver(List.of(letter), null, false, null);
                deadLetters.flush();
                stored.toCompletableFuture().get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        counters.changeRejected();
        events.rejected(target, change, failure, action);
    }

    /** Makes the place for dead letters ready for another attempt. */
    void recover(Throwable failure) throws Exception {
        if (deadLetters != null) {
            deadLetters.recover(failure);
        }
    }
}
