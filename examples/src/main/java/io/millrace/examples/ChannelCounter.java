// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.time.Duration;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;

/** Counts what is published in Redis's channels of some names. */
final class ChannelCounter extends JedisPubSub implements AutoCloseable {

    private final Thread thread;
    private int messages;
    private boolean isSubscribed;

    private ChannelCounter(String uri, String pattern) {
        thread = new Thread(() -> run(uri, pattern), "subscriber");
        thread.setDaemon(true);
    }

    /** {@return one that is subscribed} */
    static ChannelCounter of(String uri, String pattern) throws InterruptedException {
        ChannelCounter counter = new ChannelCounter(uri, pattern);
        counter.thread.start();
        synchronized (counter) {
            while (!counter.isSubscribed) {
                counter.wait();
            }
        }
        return counter;
    }

    private void run(String uri, String pattern) {
        try (RedisClient client = RedisClient.create(uri)) {
            client.psubscribe(this, pattern);
        }
    }

    @Override
    public synchronized void onPSubscribe(String pattern, int count) {
        isSubscribed = true;
        notifyAll();
    }

    @Override
    public synchronized void onPMessage(String pattern, String channel, String message) {
        messages++;
        notifyAll();
    }

    /** {@return how many messages have come, once they are as many as that or the time is over} */
    synchronized int await(int count, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        for (long left = limit.toMillis(); messages < count && left > 0; ) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        return messages;
    }

    @Override
    public void close() {
        punsubscribe();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
