// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy on a free port of 127.0.0.1 in front of a MySQL server that lets a test change the events of
 * binlog dumps on their way: what no server writes, or only one that is broken. The client must not use
 * TLS. Two threads per connection, all ended by {@link #close()}. Thread-safe.
 *
 * <p>Protocol: MySQL internals, "MySQL Packets", COM_BINLOG_DUMP and COM_BINLOG_DUMP_GTID.
 */
public final class BinlogProxy implements AutoCloseable {

    /** What becomes of an event. Called by a thread of the proxy. */
    public interface Rule {

        /**
         * {@return what the client gets in the event's place, one packet after the other}
         *
         * @param index number of the event in this dump, from 0
         */
        List<DumpPacket> instead(int index, DumpPacket event) throws IOException;
    }

    private static final int DUMP = 0x12;
    private static final int DUMP_GTID = 0x1e;
    private static final int FULL_PACKET = 0xff_ffff;

    private final InetSocketAddress server;
    private final ProxyPort port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<byte[]> dumps = new CopyOnWriteArrayList<>();
    private volatile Rule rule = (index, event) -> List.of(event);

    private BinlogProxy(String host, int port) throws IOException {
        this.server = new InetSocketAddress(host, port);
        this.port = new ProxyPort("binlog-proxy", client -> new Link(client).start());
        this.port.open();
    }

    /** {@return a proxy in front of that server} */
    public static BinlogProxy before(String host, int port) throws IOException {
        return new BinlogProxy(host, port);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port.number();
    }

    /** Applies to all events from now on, also of dumps that have begun. */
    public void onEvent(Rule value) {
        rule = value;
    }

    /** {@return the commands that began dumps, in their order, from the command's byte on} */
    public List<byte[]> dumpCommands() {
        return List.copyOf(dumps);
    }

    @Override
    public void close() {
        port.close(() -> sockets.forEach(ProxyPort::reset));
    }

    /** One connection through the proxy. */
    private final class Link {

        private final Socket client;
        private final Socket upstream = new Socket();
        private volatile boolean dumping;
        private int sequence;

        Link(Socket client) {
            this.client = client;
        }

        void start() throws IOException {
            sockets.add(client);
            sockets.add(upstream);
            try {
                port.forward(client, upstream, server, this::up, this::down);
            } catch (IOException e) {
                end();
                throw e;
            }
        }

        private void up() {
            try {
                DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
                OutputStream out = new BufferedOutputStream(upstream.getOutputStream());
                while (true) {
                    byte[] header = new byte[4];
                    in.readFully(header);
                    byte[] content = new byte[length(header)];
                    in.readFully(content);
                    int command = content.length > 0 && header[3] == 0 ? content[0] & 0xff : -1;
                    if (command == DUMP || command == DUMP_GTID) {
                        dumps.add(content);
                        dumping = true;
                    }
                    out.write(header);
                    out.write(content);
                    out.flush();
                }
            } catch (IOException e) {
                // One side went away; the other is told by the reset.
            }
            end();
        }

        private void down() {
            try {
                DataInputStream in = new DataInputStream(new BufferedInputStream(upstream.getInputStream(), 1 << 16));
                OutputStream out = new BufferedOutputStream(client.getOutputStream(), 1 << 16);
                int index = 0;
                while (true) {
                    byte[] header = new byte[4];
                    in.readFully(header);
                    byte[] content = new byte[length(header)];
                    in.readFully(content);
                    if (!dumping) {
                        out.write(header);
                        out.write(content);
                        out.flush();
                        continue;
                    }
                    sequence = index == 0 ? header[3] & 0xff : sequence;
                    byte[] message = rest(in, content);
                    List<DumpPacket> instead = message[0] == 0
                            ? rule.instead(index++, DumpPacket.event(Arrays.copyOfRange(message, 1, message.length)))
                            : List.of(new DumpPacket(message));
                    for (DumpPacket packet : instead) {
                        if (packet == DumpPacket.CUT) {
                            out.flush();
                            end();
                            return;
                        }
                        write(packet.message(), out);
                    }
                    out.flush();
                }
            } catch (IOException e) {
                // One side went away; the other is told by the reset.
            }
            end();
        }

        /** {@return the message, of as many packets as it has} */
        private byte[] rest(DataInputStream in, byte[] first) throws IOException {
            byte[] message = first;
            int last = first.length;
            while (last == FULL_PACKET) {
                byte[] header = new byte[4];
                in.readFully(header);
                last = length(header);
                int before = message.length;
                message = Arrays.copyOf(message, before + last);
                in.readFully(message, before, last);
            }
            return message;
        }

        private void write(byte[] message, OutputStream out) throws IOException {
            int at = 0;
            int step;
            do {
                step = Math.min(FULL_PACKET, message.length - at);
                out.write(new byte[] {(byte) step, (byte) (step >> 8), (byte) (step >> 16), (byte) sequence++});
                out.write(message, at, step);
                at += step;
            } while (step == FULL_PACKET);
        }

        private static int length(byte[] header) {
            return (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
        }

        private void end() {
            ProxyPort.reset(client);
            ProxyPort.reset(upstream);
            sockets.remove(client);
            sockets.remove(upstream);
        }
    }
}
