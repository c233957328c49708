// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP proxy on a free port of 127.0.0.1 that forwards to a server until it is told to disturb: cut
 * connections, at once or at a certain byte, swallow everything without a word, slow down, refuse.
 * Two threads per connection, all ended by {@link #close()}. Thread-safe.
 */
public final class FaultyProxy implements AutoCloseable {

    private volatile InetSocketAddress server;
    private final ProxyPort port;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong bytesFromServer = new AtomicLong();
    private final AtomicLong cutAt = new AtomicLong(Long.MAX_VALUE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition healed = lock.newCondition();
    private volatile boolean blackHole;
    private volatile boolean refusing;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    private FaultyProxy(String host, int port) throws IOException {
        this.server = new InetSocketAddress(host, port);
        this.port = new ProxyPort("faulty-proxy", this::take);
        this.port.open();
    }

    /** {@return a proxy in front of that server; the server need not be there yet} */
    public static FaultyProxy before(String host, int port) throws IOException {
        return new FaultyProxy(host, port);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port.number();
    }

    /** Forwards new connections to another server, as an address does that moves in a failover. */
    public void leadTo(String host, int port) {
        server = new InetSocketAddress(host, port);
    }

    /** Resets all connections (RST to both sides); new ones are forwarded. */
    public void cutAll() {
        links.forEach(Link::reset);
    }

    /** Resets all connections once so many more bytes have come from the server, over all connections. */
    public void cutAfter(long bytes) {
        cutAt.set(bytesFromServer.get() + bytes);
    }

    /** Keeps connections open, takes new ones, and forwards nothing any more, until {@link #heal()}. */
    public void blackHole() {
        blackHole = true;
    }

    /** Forwards at most so many bytes per second from the server, per connection. */
    public void slow(long limit) {
        bytesPerSecond = limit;
    }

    /** Resets new connections at once; those that are open stay. */
    public void refuse() {
        refusing = true;
    }

    /** Ends every disturbance. */
    public void heal() {
        refusing = false;
        bytesPerSecond = Long.MAX_VALUE;
        cutAt.set(Long.MAX_VALUE);
        lock.lock();
        try {
            blackHole = false;
            healed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many connections were accepted, refused ones not counted} */
    public int connections() {
        return connections.get();
    }

    /** {@return bytes forwarded from the server, over all connections} */
    public long bytesFromServer() {
        return bytesFromServer.get();
    }

    private void take(Socket client) throws IOException {
        if (refusing) {
            ProxyPort.reset(client);
        } else {
            connections.incrementAndGet();
            new Link(client).start();
        }
    }

    private boolean awaitForwarding() {
        lock.lock();
        try {
            while (blackHole && !port.isClosed()) {
                healed.await();
            }
            return !port.isClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        port.close(() -> {
            heal();
            links.forEach(Link::reset);
        });
    }

    /** One connection through the proxy. */
    private final class Link {

        private final Socket client;
        private final Socket upstream = new Socket();

        Link(Socket client) {
            this.client = client;
        }

        void start() {
            links.add(this);
            try {
                port.forward(client, upstream, server, this::forwardUp, this::forwardDown);
            } catch (IOException e) {
                reset();
            }
        }

        private void forwardUp() {
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = client.getInputStream();
                OutputStream out = upstream.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (!awaitForwarding()) {
                        break;
                    }
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // One side went away; the other is told by the reset below.
            }
            reset();
        }

        private void forwardDown() {
            byte[] buffer = new byte[64 * 1024];
            try {
                InputStream in = upstream.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (!awaitForwarding()) {
                        break;
                    }
                    long allowed = Math.min(count, cutAt.get() - bytesFromServer.get());
                    if (allowed > 0) {
                        // Counted before the client can have seen them.
                        bytesFromServer.addAndGet(allowed);
                        out.write(buffer, 0, (int) allowed);
                        throttle(allowed);
                    }
                    if (allowed < count) {
                        cutAt.set(Long.MAX_VALUE);
                        cutAll();
                    }
                }
            } catch (IOException e) {
                // One side went away; the other is told by the reset below.
            }
            reset();
        }

        private void throttle(long bytes) {
            long rate = bytesPerSecond;
            if (rate != Long.MAX_VALUE) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(bytes) / rate);
            }
        }

        void reset() {
            links.remove(this);
            ProxyPort.reset(client);
            ProxyPort.reset(upstream);
        }
    }
}
