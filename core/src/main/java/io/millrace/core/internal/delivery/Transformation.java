// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TransientException;
import io.millrace.core.transform.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lane's transforms, one behind the other. Used by the lane's thread. */
final class Transformation {

    /** What one change may become: a batch has to hold it whole. */
    private static final int MOST = 65_536;

    /** A change that a transform failed with. What it holds may be what the transforms were to hide. */
    static final class UntransformedException extends ChangeRejectedException {

        private static final long serialVersionUID = 1L;

        UntransformedException(Change change, String message, RuntimeException cause) {
            super(change, message, cause);
        }
    }

    private final List<Transform> steps;

    Transformation(List<Transform> steps) {
        this.steps = List.copyOf(steps);
    }

    boolean isNone() {
        return steps.isEmpty();
    }

    /**
     * {@return what becomes of the record, in order, numbered; not to be changed}
     *
     * @throws ChangeRejectedException if a transform fails with it
     */
    List<Record> of(Record record) {
        List<Record> made = List.of(record);
        for (Transform step : steps) {
            List<Record> next = new ArrayList<>(made.size());
            for (Record one : made) {
                call(step, record, () -> {
                    Taker taker = new Taker(next);
                    step.apply(one, taker);
                    taker.close();
                    return null;
                });
            }
            next.forEach(out -> requirePlace(step, out, record));
            made = next;
        }
        return steps.isEmpty() ? made : numbered(made);
    }

    /** Takes what a transform gives, as long as it is called. */
    private static final class Taker implements Consumer<Record> {

        private final List<Record> taken;
        private final Thread thread = Thread.currentThread();
        private boolean isClosed;

        Taker(List<Record> taken) {
            this.taken = taken;
        }

        @Override
        public void accept(Record record) {
            if (isClosed || Thread.currentThread() != thread) {
                throw new IllegalStateException("records are taken during the call only, on its thread");
            }
            if (taken.size() == MOST) {
                throw new IllegalStateException("it makes more than " + MOST + " records of one");
            }
            taken.add(Objects.requireNonNull(record, "record"));
        }

        void close() {
            isClosed = true;
        }
    }

    private static List<Record> numbered(List<Record> made) {
        for (int i = 0; i < made.size(); i++) {
            made.set(i, made.get(i).withSubOrdinal(i));
        }
        return made;
    }

    /** {@return what becomes of the statement; null if it is dropped} */
    @Nullable Statement of(Statement statement) {
        Statement made = statement;
        for (Transform step : steps) {
            Statement one = made;
            made = call(step, statement, () -> step.apply(one));
            if (made == null) {
                return null;
            }
            requirePlace(step, made, statement);
        }
        return made;
    }

    private static <T> @Nullable T call(Transform step, Change change, Supplier<@Nullable T> act) {
        try {
            return act.get();
        } catch (ChangeRejectedException e) {
            throw rejected(step, change, e);
        } catch (TransientException e) {
            throw new PermanentException(message(step, change, e), e);
        } catch (MillraceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw rejected(step, change, e);
        }
    }

    private static UntransformedException rejected(Transform step, Change change, RuntimeException e) {
        return new UntransformedException(change, message(step, change, e), e);
    }

    private static String message(Transform step, Change change, RuntimeException e) {
        return "transform %s failed with the change at %s, ordinal %d: %s"
                .formatted(step, change.source(), change.ordinal(), e);
    }

    /** The position moves by what came in, so what goes on must stand at the same place. */
    private static void requirePlace(Transform step, Change made, Change of) {
        if (made.source() != of.source() || made.ordinal() != of.ordinal()) {
            throw rejected(
                    step,
                    of,
                    new IllegalStateException(
                            "it answered with a change of another place, %s, ordinal %d; make copies of the change that came in, such as by withImages"
                                    .formatted(made.source(), made.ordinal())));
        }
    }
}
