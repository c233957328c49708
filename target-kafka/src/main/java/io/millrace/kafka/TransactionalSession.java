// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Batch;
import io.millrace.core.TransientException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A thread that writes batches into Kafka transactions, from the taking of the transactional id to
 * the first failure. Its methods are called by the lane's thread, which is never kept waiting: whatever
 * Kafka's producer may block on, blocks this session's own.
 */
final class TransactionalSession {

    /*
     * A transaction gathers batches while some wait, since a commit costs the same for one as for
     * many. It is committed when none waits and the lane says that none follows, and otherwise when
     * it has been open for long, or is large: what it holds counts against the lane's queue until it
     * is committed, so at half of that the commit begins while the other half fills.
     */
    private record Beginning(@Nullable StoredCheckpoint stored, boolean claims) {}

    private record Entry(Batch batch, CompletableFuture<@Nullable Void> stage) {}

    private final TransactionWriter writer;
    private final long intervalNanos;
    private final long mostBytes;
    private final Thread thread;
    private final CompletableFuture<@Nullable Void> initialized = new CompletableFuture<>();
    private final CompletableFuture<Beginning> beginning = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> begun = new CompletableFuture<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakeUp = lock.newCondition();

    // Guarded by the lock.
    private final Deque<Entry> queue = new ArrayDeque<>();
    private boolean nothingFollows;
    private boolean closed;
    private @Nullable Throwable failure;

    // Owned by the session's thread.
    private final List<CompletableFuture<@Nullable Void>> uncommitted = new ArrayList<>();
    private boolean statement;

    TransactionalSession(TransactionWriter writer, KafkaOptions options) {
        this.writer = writer;
        this.intervalNanos = options.transactionInterval().toNanos();
        this.mostBytes = options.target().queueBytes() / 2;
        this.thread =
                new Thread(this::run, "kafka-transactions-" + options.target().name());
        thread.start();
    }

    /**
     * Waits until what the session before left undecided is decided.
     *
     * @throws TransientException if it is not yet; to be called again
     */
    void awaitInit(long millis) throws Exception {
        await(initialized, millis, "ended the transaction that was open before");
    }

    /**
     * Goes on with what is stored.
     *
     * @param claims whether to store it once more, as this instance's own
     */
    void begin(@Nullable StoredCheckpoint stored, boolean claims, long millis) throws Exception {
        beginning.complete(new Beginning(stored, claims));
        await(begun, millis, "stored a checkpoint");
    }

    private static void await(CompletableFuture<@Nullable Void> end, long millis, String what) throws Exception {
        try {
            end.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new TransientException("Kafka has not " + what + " within " + millis + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    boolean hasFailed() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    CompletionStage<@Nullable Void> add(Batch batch) {
        Entry entry = new Entry(batch, new CompletableFuture<>());
        lock.lock();
        try {
            if (failure != null) {
                return CompletableFuture.failedStage(failure);
            }
            queue.add(entry);
            nothingFollows = false;
            wakeUp.signal();
        } finally {
            lock.unlock();
        }
        return entry.stage;
    }

    /** Says that no batch follows for the moment. */
    void flush() {
        lock.lock();
        try {
            nothingFollows = true;
            wakeUp.signal();
        } finally {
            lock.unlock();
        }
    }

    // ---- on the session's thread

    private void run() {
        try {
            writer.init();
            initialized.complete(null);
            Beginning from = beginning.get();
            writer.begin(from.stored, from.claims);
            begun.complete(null);
            while (true) {
                Entry next = next();
                if (next == null) {
                    commit();
                } else {
                    uncommitted.add(next.stage);
                    writer.append(next.batch);
                    statement = next.batch.statement() != null;
                }
            }
        } catch (InterruptedException e) {
            fail(new IllegalStateException("the target is closed"));
        } catch (Throwable t) {
            fail(t);
        }
        // If it was interrupted it is to end, but in order.
        boolean unused = Thread.interrupted();
        writer.abort();
    }

    /** {@return the next batch, null when the transaction is to be committed} */
    private @Nullable Entry next() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw new InterruptedException();
                }
                if (!writer.isOpen()) {
                    if (!queue.isEmpty()) {
                        return queue.poll();
                    }
                    wakeUp.await();
                    continue;
                }
                long left = writer.openedAtNanos() + intervalNanos - System.nanoTime();
                if (left <= 0 || statement || writer.bytes() >= mostBytes) {
                    return null;
                }
                if (!queue.isEmpty()) {
                    return queue.poll();
                }
                if (nothingFollows) {
                    return null;
                }
                wakeUp.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void commit() throws InterruptedException {
        writer.commit();
        statement = false;
        List<CompletableFuture<@Nullable Void>> stages = List.copyOf(uncommitted);
        uncommitted.clear();
        stages.forEach(stage -> stage.complete(null));
    }

    private void fail(Throwable first) {
        List<CompletableFuture<@Nullable Void>> stages = new ArrayList<>(uncommitted);
        lock.lock();
        try {
            failure = first;
            queue.forEach(entry -> stages.add(entry.stage));
            queue.clear();
        } finally {
            lock.unlock();
        }
        initialized.completeExceptionally(first);
        begun.completeExceptionally(first);
        stages.forEach(stage -> stage.completeExceptionally(first));
    }

    // ---- the end, on the lane's thread

    /**
     * Drops what is not committed. The open transaction is aborted if that takes no longer than
     * {@code millis}; both threads have ended when this returns.
     */
    void close(long millis) {
        boolean interrupted = Thread.interrupted();
        lock.lock();
        try {
            closed = true;
            if (failure == null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        interrupted |= joined(millis);
        writer.close();
        thread.interrupt();
        interrupted |= joined(0);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return whether this thread was interrupted} */
    private boolean joined(long millis) {
        try {
            thread.join(millis);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
