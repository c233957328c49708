// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * A fake: no mongod, but what a one-node replica set would say to the driver about a change stream, over a real
 * socket of 127.0.0.1. It runs no pipeline, but for a stage that leaves out invalidates, and makes no events: a test appends them, in the shapes that MongoDB's
 * manual gives them, and they are streamed as a server does it, by cursors that start after a token or at a time,
 * in batches with a {@code postBatchResumeToken}. Documents that a test puts are found along {@code _id}. On demand
 * it forgets old events, answers with errors, and drops connections. It remembers the commands that it got.
 * Thread-safe.
 *
 * <p>What only a real server can prove (that its tokens, errors and events are these) it does not prove.
 */
public final class ScriptedMongo implements AutoCloseable {

    /** An answer that replaces the next one to a command. */
    private record Fault(String command, int code, String codeName, List<String> labels) {

        private static final int DROP = -1;
        private static final int SILENCE = -2;

        boolean dropsConnection() {
            return code == DROP;
        }

        boolean isSilent() {
            return code == SILENCE;
        }
    }

    private final ServerSocket listener;
    private final Thread acceptor;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Thread> servants = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<BsonDocument> commands = new ArrayList<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final ScriptedStream stream = new ScriptedStream(changed, () -> isFaulty("getMore"));
    private final ScriptedCollections collections = new ScriptedCollections();
    private int maxWireVersion = 25;
    private boolean standalone;
    private boolean sharded;
    private volatile boolean closed;

    private ScriptedMongo() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        acceptor = new Thread(this::accept, "scripted-mongo-accept");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    public static ScriptedMongo start() throws IOException {
        return new ScriptedMongo();
    }

    /** {@return what a client connects by} */
    public String uri() {
        return "mongodb://" + address() + "/?replicaSet=scripted";
    }

    private String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    // ---- what a test says

    /** {@return the text of a token at a time: what real ones begin with} Tokens of a stream are ordered as texts. */
    public static String token(int seconds, int increment) {
        return "82%08X%08X".formatted(seconds, increment);
    }

    /**
     * Appends events, oldest first, and wakes the streams that wait for them.
     *
     * @param json each with {@code _id: {_data: ...}} higher than the one before, as extended JSON
     */
    public void append(String... json) {
        change(() -> List.of(json).forEach(event -> stream.append(BsonDocument.parse(event))));
    }

    /**
     * Streams these events, before those that are appended otherwise, to whoever opens a stream, wherever it is to
     * begin; one stream at a time. The answer is encoded once, so that whoever reads it is not held up.
     *
     * @param batch what one answer holds
     */
    public void appendEncoded(List<RawBsonDocument> batch) {
        change(() -> stream.appendEncoded(batch));
    }

    /**
     * Puts documents into a collection, to be found and not to be streamed. A document with the same {@code _id} is
     * replaced.
     *
     * @param namespace {@code database.collection}
     * @param json as extended JSON
     */
    public void put(String namespace, String... json) {
        change(() -> List.of(json).forEach(document -> collections.put(namespace, BsonDocument.parse(document))));
    }

    /** @param id the value of {@code _id}, as extended JSON */
    public void remove(String namespace, String id) {
        change(() -> collections.remove(namespace, BsonDocument.parse("{\"_id\": " + id + "}")));
    }

    /** Forgets a collection, and the cursors that read it. */
    public void drop(String namespace) {
        change(() -> collections.drop(namespace));
    }

    /** Makes a collection in which the case of letters in keys does not matter, for which a server has a collation. */
    public void ignoreCase(String namespace) {
        change(() -> collections.ignoreCase(namespace));
    }

    /** Lists the collection as one of another type, such as {@code view}. */
    public void setType(String namespace, String type) {
        change(() -> collections.setType(namespace, type));
    }

    /** Moves the time on without an event, as other collections' changes do: empty batches carry this token. */
    public void moveOn(String token) {
        change(() -> stream.moveOn(token));
    }

    /** From now on streams cannot begin before this token: the log has rolled over. */
    public void forgetBefore(String token) {
        change(() -> stream.forgetBefore(token));
    }

    /** Answers the next command of that name with an error. */
    public void failNext(String command, int code, String codeName, String... labels) {
        addFault(new Fault(command, code, codeName, List.of(labels)));
    }

    /** Drops the connection instead of answering the next command of that name. */
    public void dropNext(String command) {
        addFault(new Fault(command, Fault.DROP, "", List.of()));
    }

    /** Does not answer the next command of that name, as behind a network that swallows everything. */
    public void silenceNext(String command) {
        addFault(new Fault(command, Fault.SILENCE, "", List.of()));
    }

    private void addFault(Fault fault) {
        change(() -> faults.add(fault));
    }

    /** Sends no more than so many events at a time, whatever the client asks for. */
    public void setMaxBatch(int count) {
        change(() -> stream.setMaxBatch(count));
    }

    /** Passes for a server of another version; 17 is 6.0, 13 is 5.0, 8 is 4.2. */
    public void setMaxWireVersion(int version) {
        change(() -> maxWireVersion = version);
    }

    /** Passes for a server that is in no replica set. */
    public void setStandalone() {
        change(() -> standalone = true);
    }

    /** Passes for the router of a sharded cluster. */
    public void setSharded() {
        change(() -> sharded = true);
    }

    /** Changes what it answers, and wakes the streams that wait. */
    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return the commands of that name that came so far} */
    public List<BsonDocument> commands(String name) {
        lock.lock();
        try {
            return commands.stream()
                    .filter(command -> command.getFirstKey().equals(name))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many cursors are open} */
    public int openCursors() {
        lock.lock();
        try {
            return stream.openCursors() + collections.openCursors();
        } finally {
            lock.unlock();
        }
    }

    // ---- connections

    private void accept() {
        while (!closed) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread servant = new Thread(() -> serve(socket), "scripted-mongo");
                servant.setDaemon(true);
                servants.add(servant);
                servant.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            MongoWire wire = new MongoWire(socket.getInputStream(), new BufferedOutputStream(socket.getOutputStream()));
            for (MongoWire.Command command = wire.read(); command != null; command = wire.read()) {
                BsonDocument answer = answer(command);
                if (answer == null) {
                    return;
                }
                if (command.wantsReply()) {
                    wire.reply(command, answer);
                }
            }
        } catch (IOException e) {
            // The client is gone, or the test is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
            servants.remove(Thread.currentThread());
        }
    }

    // ---- answers

    /** {@return null to drop the connection} */
    private @Nullable BsonDocument answer(MongoWire.Command command) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            BsonDocument body = command.body();
            commands.add(body);
            if (isFaulty(command.name())) {
                return takeFault(command.name());
            }
            BsonDocument answer = answer(command.name(), body);
            // Meanwhile it may have been told to fail.
            return command.name().equals("getMore") && isFaulty("getMore") ? takeFault("getMore") : timed(answer);
        } finally {
            lock.unlock();
        }
    }

    private BsonDocument answer(String name, BsonDocument body) throws InterruptedException {
        if (name.equals("hello") && !MongoReplies.isHelloKnown(maxWireVersion)) {
            return MongoReplies.commandNotFound();
        }
        return switch (name) {
            case "hello", "isMaster", "ismaster" ->
                MongoReplies.ok(
                        sharded
                                ? MongoReplies.router(maxWireVersion)
                                : MongoReplies.hello(maxWireVersion, standalone ? null : address()));
            case "aggregate" -> stream.open(body);
            case "listDatabases" -> MongoReplies.ok(collections.listDatabases());
            case "listCollections" -> MongoReplies.ok(collections.listCollections(body));
            case "find" -> collections.find(body);
            case "getMore" -> collections.isCursor(body) ? collections.more(body) : stream.more(body);
            case "killCursors" -> kill(body);
            case "ping", "endSessions" -> MongoReplies.ok(new BsonDocument());
            default -> MongoReplies.commandNotFound();
        };
    }

    private boolean isFaulty(String command) {
        return faults.stream().anyMatch(fault -> fault.command().equals(command));
    }

    private @Nullable BsonDocument takeFault(String command) throws InterruptedException {
        Fault fault = faults.stream()
                .filter(next -> next.command().equals(command))
                .findFirst()
                .orElseThrow();
        faults.remove(fault);
        while (fault.isSilent() && !closed) {
            changed.await();
        }
        return fault.dropsConnection()
                ? null
                : timed(MongoReplies.error(fault.code(), fault.codeName(), fault.labels()));
    }

    private BsonDocument kill(BsonDocument command) {
        BsonArray ids = command.getArray("cursors");
        for (BsonValue id : ids) {
            stream.kill(id.asInt64().getValue());
            collections.kill(id.asInt64().getValue());
        }
        changed.signalAll();
        return MongoReplies.ok(new BsonDocument("cursorsKilled", ids));
    }

    /** Every answer of a replica set tells the time of the cluster; one that is encoded does already. */
    private BsonDocument timed(BsonDocument body) {
        return standalone || body instanceof RawBsonDocument ? body : body.append("operationTime", stream.time());
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        servants.forEach(Thread::interrupt);
        try {
            acceptor.join(5_000);
            for (Thread servant : servants) {
                servant.join(5_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
