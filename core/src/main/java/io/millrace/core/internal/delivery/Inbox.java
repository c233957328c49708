// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.internal.spill.Spill;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What other threads have to tell a lane: parcels from the capture thread, bounded in bytes; that
 * it is to end; that an acknowledgement came. Thread-safe. {@link #poll}, {@link #release} and the
 * waiting are for the lane's own thread.
 */
final class Inbox {

    private final long mostBytes;
    private final LaneCounters counters;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakeUp = lock.newCondition();
    private final Condition room = lock.newCondition();

    private final Deque<Parcel> parcels = new ArrayDeque<>();
    private long bytes;
    private @Nullable Spill spill;
    private boolean stopping;
    private boolean finishing;
    private boolean ended;
    private long deadlineNanos;
    private @Nullable CompletableFuture<@Nullable Void> question;
    private boolean questionIsNew;

    /** Whether the last parcel was taken into memory; the capture thread's own. */
    private boolean taken;

    /** @param mostBytes what may wait or be unacknowledged before the capture thread is held back */
    Inbox(long mostBytes, LaneCounters counters) {
        this.mostBytes = mostBytes;
        this.counters = counters;
    }

    // ---- from other threads

    /** From now on, parcels for which there is no room wait there. */
    void spillTo(@Nullable Spill value) {
        lock.lock();
        try {
            spill = value;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the parcel once there is room. A lane that has ended takes and forgets it.
     *
     * @return false if there still is no room after {@code nanos}
     */
    boolean offer(Parcel parcel, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (true) {
            Spill disk = awaitRoom(parcel, deadline);
            if (disk == null) {
                return taken;
            }
            if (write(parcel, disk)) {
                return true;
            }
        }
    }

    /** {@return where the parcel has to go; null if it was taken, or there is no room before the deadline} */
    private @Nullable Spill awaitRoom(Parcel parcel, long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                boolean hasSpilled = spill != null && !spill.isEmpty();
                taken = ended || (!hasSpilled && bytes < mostBytes);
                if (taken && !ended) {
                    parcels.add(parcel);
                    add(parcel.bytes());
                    wakeUp.signal();
                }
                if (taken) {
                    return null;
                }
                if (spill != null && spill.hasRoom()) {
                    return spill;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return null;
                }
                room.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean write(Parcel parcel, Spill disk) {
        boolean written = disk.write(parcel::writeTo);
        lock.lock();
        try {
            // Asked under the lock, as the reader does: the last word is then the newest.
            counters.spilledBytes(disk.bytes());
            wakeUp.signal();
        } finally {
            lock.unlock();
        }
        return written;
    }

    /** Asks the lane to end, at the latest after {@code grace}; {@code finishFirst} to deliver what it has. */
    void end(Duration grace, boolean finishFirst) {
        lock.lock();
        try {
            deadlineNanos = System.nanoTime() + grace.toNanos();
            stopping |= !finishFirst;
            finishing = !stopping;
            wakeUp.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return completes when the lane's thread has answered the {@link #question}, or has ended} */
    CompletableFuture<@Nullable Void> ask() {
        lock.lock();
        try {
            if (question == null) {
                question = new CompletableFuture<>();
                questionIsNew = true;
                wakeUp.signal();
            }
            CompletableFuture<@Nullable Void> asked = question;
            if (ended) {
                asked.complete(null);
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            wakeUp.signal();
        } finally {
            lock.unlock();
        }
    }

    // ---- for the lane's thread

    @Nullable Parcel poll() {
        Spill disk;
        lock.lock();
        try {
            if (!hasParcel()) {
                return null;
            }
            Parcel first = parcels.poll();
            if (first != null) {
                return first;
            }
            disk = Objects.requireNonNull(spill);
        } finally {
            lock.unlock();
        }
        Parcel parcel = new Parcel(0);
        boolean isRead = disk.read(parcel);
        lock.lock();
        try {
            counters.spilledBytes(disk.bytes());
            if (!ended) {
                add(parcel.bytes());
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
        return isRead ? parcel : null;
    }

    /** {@return whether {@link #poll} has one: what waits on disk comes only while there is room in memory} */
    boolean hasParcel() {
        lock.lock();
        try {
            return !parcels.isEmpty() || (spill != null && !spill.isEmpty() && bytes < mostBytes);
        } finally {
            lock.unlock();
        }
    }

    /** So many bytes of parcels are done with. */
    void release(long count) {
        if (count > 0) {
            lock.lock();
            try {
                if (!ended) {
                    add(-count);
                    room.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void add(long count) {
        bytes += count;
        counters.queuedBytes(bytes);
    }

    /** {@return whether nothing waits, in memory or on disk} */
    boolean isEmpty() {
        lock.lock();
        try {
            return parcels.isEmpty() && (spill == null || spill.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /** {@return what {@link #ask} waits for; null if nobody asks} It stands until {@link #answered}. */
    @Nullable CompletableFuture<@Nullable Void> question() {
        lock.lock();
        try {
            questionIsNew = false;
            return question;
        } finally {
            lock.unlock();
        }
    }

    void answered() {
        lock.lock();
        try {
            question = null;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether the lane may not even finish what it has} */
    boolean mustEnd() {
        lock.lock();
        try {
            return stopping || (finishing && graceNanos() <= 0);
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether the lane is to deliver what it has and then end} */
    boolean isFinishing() {
        lock.lock();
        try {
            return finishing;
        } finally {
            lock.unlock();
        }
    }

    /** {@return nanos until the lane has to end; {@link Long#MAX_VALUE} while nobody asked it to} */
    long graceNanos() {
        lock.lock();
        try {
            return stopping || finishing ? deadlineNanos - System.nanoTime() : Long.MAX_VALUE;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until {@code done}, which is asked again at each wake-up, or the lane is to stop or is asked
     * something, or {@code nanos} are over.
     */
    void await(BooleanSupplier done, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!stopping && left > 0 && !questionIsNew && !done.getAsBoolean()) {
                left = wakeUp.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits {@code nanos}, or until the lane has to end.
     *
     * @return false if it has to
     */
    boolean pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long deadline = System.nanoTime() + nanos;
            while (!mustEnd()) {
                long left = Math.min(graceNanos(), deadline - System.nanoTime());
                if (left <= 0) {
                    break;
                }
                wakeUp.awaitNanos(left);
            }
            return !mustEnd();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until {@code done}, even while stopping, at most until the grace or {@code nanos} are over.
     *
     * @return false if they are over
     */
    boolean awaitWithinGrace(BooleanSupplier done, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long deadline = System.nanoTime() + nanos;
            while (!done.getAsBoolean()) {
                long left = Math.min(graceNanos(), deadline - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                wakeUp.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The lane has ended: nobody has to wait for it any more. */
    void ended() {
        lock.lock();
        try {
            ended = true;
            parcels.clear();
            bytes = 0;
            counters.queuedBytes(0);
            room.signalAll();
            if (question != null) {
                question.complete(null);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the disk, once the lane's thread needs nothing of it. */
    void close() {
        lock.lock();
        try {
            if (spill != null) {
                spill.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
