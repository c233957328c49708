// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * A fake: no mongod, but what a one-node replica set would say to the driver about a change stream, over a real
 * socket of 127.0.0.1. It has no data and runs no pipeline: a test appends the events, in the shapes that MongoDB's
 * manual gives them, and they are streamed as a server does it, by cursors that start after a token or at a time,
 * in batches with a {@code postBatchResumeToken}. On demand it forgets old events, answers with errors, and drops
 * connections. It remembers the commands that it got. Thread-safe.
 *
 * <p>What only a real server can prove (that its tokens, errors and events are these) it does not prove.
 */
public final class ScriptedMongo implements AutoCloseable {

    private static final int CURSOR_NOT_FOUND = 43;
    private static final int HISTORY_LOST = 286;

    /** Ready for a batch that is larger than any event. */
    private static final int DEFAULT_BATCH = 1_000;

    /** An answer that replaces the next one to a command. */
    private record Fault(String command, int code, String codeName, List<String> labels) {

        boolean dropsConnection() {
            return code < 0;
        }
    }

    /** An open stream: what it has sent so far. */
    private static final class Cursor {
        private String sent;
        private int batchSize;

        private Cursor(String sent, int batchSize) {
            this.sent = sent;
            this.batchSize = batchSize;
        }
    }

    private final ServerSocket listener;
    private final Thread acceptor;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Thread> servants = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<BsonDocument> events = new ArrayList<>();
    private final List<BsonDocument> commands = new ArrayList<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final Map<Long, Cursor> cursors = new HashMap<>();
    private String oldest = "";
    private String highWaterMark = token(1, 1);
    private long lastCursor = 1_000;
    private int maxWireVersion = 25;
    private int maxBatch = DEFAULT_BATCH;
    private boolean standalone;
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
        lock.lock();
        try {
            for (String event : json) {
                BsonDocument document = BsonDocument.parse(event);
                events.add(document);
                highWaterMark = data(document);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Moves the time on without an event, as other collections' changes do: empty batches carry this token. */
    public void moveOn(String token) {
        lock.lock();
        try {
            highWaterMark = token;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From now on streams cannot begin before this token: the log has rolled over. */
    public void forgetBefore(String token) {
        lock.lock();
        try {
            oldest = token;
        } finally {
            lock.unlock();
        }
    }

    /** Answers the next command of that name with an error. */
    public void failNext(String command, int code, String codeName, String... labels) {
        addFault(new Fault(command, code, codeName, List.of(labels)));
    }

    /** Drops the connection instead of answering the next command of that name. */
    public void dropNext(String command) {
        addFault(new Fault(command, -1, "", List.of()));
    }

    private void addFault(Fault fault) {
        lock.lock();
        try {
            faults.add(fault);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends no more than so many events at a time, whatever the client asks for. */
    public void setMaxBatch(int count) {
        lock.lock();
        try {
            maxBatch = count;
        } finally {
            lock.unlock();
        }
    }

    /** Passes for a server of another version; 17 is 6.0, 13 is 5.0, 8 is 4.2. */
    public void setMaxWireVersion(int version) {
        lock.lock();
        try {
            maxWireVersion = version;
        } finally {
            lock.unlock();
        }
    }

    /** Passes for a server that is in no replica set. */
    public void setStandalone() {
        lock.lock();
        try {
            standalone = true;
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
            return cursors.size();
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
            MongoWire wire = new MongoWire(socket.getInputStream(), socket.getOutputStream());
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
            return switch (command.name()) {
                case "hello", "isMaster", "ismaster" ->
                    ok(MongoReplies.hello(maxWireVersion, standalone ? null : address()));
                case "aggregate" -> open(body);
                case "getMore" -> more(body);
                case "killCursors" -> kill(body);
                case "ping", "endSessions" -> ok(new BsonDocument());
                default -> error(59, "CommandNotFound", List.of());
            };
        } finally {
            lock.unlock();
        }
    }

    private boolean isFaulty(String command) {
        return faults.stream().anyMatch(fault -> fault.command().equals(command));
    }

    private @Nullable BsonDocument takeFault(String command) {
        Fault fault = faults.stream()
                .filter(next -> next.command().equals(command))
                .findFirst()
                .orElseThrow();
        faults.remove(fault);
        return fault.dropsConnection() ? null : error(fault.code(), fault.codeName(), fault.labels());
    }

    private @Nullable BsonDocument open(BsonDocument command) throws InterruptedException {
        BsonDocument stage = command.getArray("pipeline").get(0).asDocument().getDocument("$changeStream");
        String after = startOf(stage);
        if (after.compareTo(oldest) < 0) {
            return error(HISTORY_LOST, "ChangeStreamHistoryLost", List.of("NonResumableChangeStreamError"));
        }
        int batchSize = command.getDocument("cursor", new BsonDocument())
                .getNumber("batchSize", new BsonInt32(DEFAULT_BATCH))
                .intValue();
        long id = ++lastCursor;
        Cursor cursor = new Cursor(after, batchSize);
        cursors.put(id, cursor);
        return batch(id, cursor, "firstBatch", namespace(command), 0);
    }

    private String startOf(BsonDocument stage) {
        for (String option : List.of("startAfter", "resumeAfter")) {
            if (stage.containsKey(option)) {
                return stage.getDocument(option).getString("_data").getValue();
            }
        }
        if (stage.containsKey("startAtOperationTime")) {
            BsonTimestamp time = stage.getTimestamp("startAtOperationTime");
            return token(time.getTime(), time.getInc());
        }
        return highWaterMark;
    }

    private static String namespace(BsonDocument command) {
        String collection =
                command.isString("aggregate") ? command.getString("aggregate").getValue() : "$cmd.aggregate";
        return command.getString("$db").getValue() + "." + collection;
    }

    private @Nullable BsonDocument more(BsonDocument command) throws InterruptedException {
        long id = command.getInt64("getMore").getValue();
        Cursor cursor = cursors.get(id);
        if (cursor == null) {
            return error(CURSOR_NOT_FOUND, "CursorNotFound", List.of());
        }
        cursor.batchSize =
                command.getNumber("batchSize", new BsonInt32(DEFAULT_BATCH)).intValue();
        long maxTime = command.getNumber("maxTimeMS", new BsonInt32(1_000)).longValue();
        String namespace = command.getString("$db").getValue() + "."
                + command.getString("collection").getValue();
        return batch(id, cursor, "nextBatch", namespace, maxTime);
    }

    private @Nullable BsonDocument batch(long id, Cursor cursor, String name, String namespace, long maxMillis)
            throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(maxMillis);
        List<BsonDocument> found = after(cursor);
        while (found.isEmpty() && left > 0 && !isFaulty("getMore") && cursors.containsKey(id)) {
            left = changed.awaitNanos(left);
            found = after(cursor);
        }
        if (name.equals("nextBatch") && isFaulty("getMore")) {
            return takeFault("getMore");
        }
        boolean ended = false;
        if (!found.isEmpty()) {
            BsonDocument last = found.get(found.size() - 1);
            cursor.sent = data(last);
            ended = last.getString("operationType", new BsonString(""))
                    .getValue()
                    .equals("invalidate");
        }
        if (ended) {
            cursors.remove(id);
        }
        boolean isLast = after(cursor).isEmpty() && cursor.sent.compareTo(highWaterMark) < 0;
        String token = isLast && !ended ? highWaterMark : cursor.sent;
        BsonDocument body = new BsonDocument(name, new BsonArray(found))
                .append("postBatchResumeToken", new BsonDocument("_data", new BsonString(token)))
                .append("id", new BsonInt64(ended ? 0 : id))
                .append("ns", new BsonString(namespace));
        return ok(new BsonDocument("cursor", body));
    }

    /** {@return the next batch, which ends with an invalidate} */
    private List<BsonDocument> after(Cursor cursor) {
        List<BsonDocument> found = new ArrayList<>();
        for (BsonDocument event : events) {
            if (data(event).compareTo(cursor.sent) > 0
                    && found.size() < Math.min(maxBatch, Math.max(cursor.batchSize, 1))) {
                found.add(event);
                if (event.getString("operationType", new BsonString(""))
                        .getValue()
                        .equals("invalidate")) {
                    break;
                }
            }
        }
        return found;
    }

    private static String data(BsonDocument event) {
        return event.getDocument("_id").getString("_data").getValue();
    }

    private BsonDocument kill(BsonDocument command) {
        BsonArray ids = command.getArray("cursors");
        ids.forEach(id -> cursors.remove(id.asInt64().getValue()));
        changed.signalAll();
        return ok(new BsonDocument("cursorsKilled", ids));
    }

    private BsonDocument ok(BsonDocument body) {
        return timed(body.append("ok", new BsonDouble(1)));
    }

    private BsonDocument error(int code, String name, List<String> labels) {
        return timed(MongoReplies.error(code, name, labels));
    }

    /** Every answer of a replica set tells the time of the cluster. */
    private BsonDocument timed(BsonDocument body) {
        BsonTimestamp time = new BsonTimestamp(Long.parseUnsignedLong(highWaterMark, 2, 18, 16));
        return standalone ? body : body.append("operationTime", time);
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
