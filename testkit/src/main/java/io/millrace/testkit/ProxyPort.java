// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A free port of 127.0.0.1 on which a proxy takes connections, and the threads that forward for it. Thread-safe. */
final class ProxyPort {

    private static final int CONNECT_LIMIT_MILLIS = 5_000;

    private final String name;
    private final ServerSocket listener;
    private final Thread acceptor;
    private final Set<Thread> forwarders = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Takes a connection, or throws if one of its sides is gone. */
    interface Connections {
        void take(Socket client) throws IOException;
    }

    /** @param name begins the names of threads */
    ProxyPort(String name, Connections connections) throws IOException {
        this.name = name;
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        this.acceptor = new Thread(() -> accept(connections), name + "-accept");
        acceptor.setDaemon(true);
    }

    /** Begins to take connections. */
    void open() {
        acceptor.start();
    }

    int number() {
        return listener.getLocalPort();
    }

    boolean isClosed() {
        return closed;
    }

    private void accept(Connections connections) {
        while (!closed) {
            try {
                connections.take(listener.accept());
            } catch (IOException e) {
                // The listener is closed, or a side went away before it was served.
            }
        }
    }

    /** Connects to the server and has a thread forward each way. */
    void forward(Socket client, Socket upstream, InetSocketAddress server, Runnable up, Runnable down)
            throws IOException {
        upstream.connect(server, CONNECT_LIMIT_MILLIS);
        upstream.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
        forwarders.removeIf(forwarder -> !forwarder.isAlive());
        for (Thread thread : List.of(new Thread(up, name + "-up"), new Thread(down, name + "-down"))) {
            thread.setDaemon(true);
            forwarders.add(thread);
            thread.start();
        }
    }

    /** Closes the socket by a reset (RST). */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        try {
            socket.close();
        } catch (IOException e) {
            // A socket that cannot be closed is closed all the same.
        }
    }

    /** @param resetAll resets all connections that were taken; called once no other is */
    void close(Runnable resetAll) {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            // Nobody connects any more in any case.
        }
        try {
            acceptor.join();
            resetAll.run();
            for (Thread forwarder : forwarders) {
                forwarder.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
