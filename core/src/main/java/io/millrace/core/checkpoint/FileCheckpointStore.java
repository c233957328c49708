// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints as files of a directory, one for each target of a pipeline: a line of JSON and its
 * CRC-32C. A checkpoint survives the kill of the process and the loss of power at any moment: the
 * next one is written beside it, forced to the disk, and then takes its place. Several pipelines may
 * share the directory. A pipeline's files are locked as long as it runs; the directory must be on a
 * file system of this machine. An interrupt does not break a save off. Thread-safe.
 */
public final class FileCheckpointStore implements CheckpointStore {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String SUFFIX = ".checkpoint";
    private static final String UNFINISHED = ".tmp";

    /**
     * The lock files that stores of this process hold. A lock belongs to the process, not to the
     * channel: closing any other channel to the file would give it up unnoticed. So a second store of
     * the process must be refused before it opens one.
     */
    private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

    /**
     * Channels to lock files that another class loader's stores hold, which {@link #LOCKED_HERE} does
     * not show: they stay reachable and open, since closing them would give up those locks.
     */
    private static final Queue<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

    private final Path directory;

    /** Taken for writing by open and close: the lock is not given back while a save is under way. */
    private final ReadWriteLock openness = new ReentrantReadWriteLock();

    /** One monitor per target, so that two saves of a target do not meet in its unfinished file. */
    private final Map<String, Object> targets = new ConcurrentHashMap<>();

    private @Nullable String pipeline;
    private @Nullable Path lockFile;
    private @Nullable FileChannel lock;

    /** @param directory where the files are; made by {@link #open} if it is missing */
    public FileCheckpointStore(Path directory) {
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    /**
     * Locks the pipeline's files.
     *
     * @throws CheckpointException if another instance has them, in this process or another
     * @throws IOException if the directory cannot be made or written
     */
    @Override
    public void open(String pipeline) throws IOException {
        openness.writeLock().lock();
        try {
            take(pipeline);
        } finally {
            openness.writeLock().unlock();
        }
    }

    private void take(String pipeline) throws IOException {
        if (lock != null) {
            throw new CheckpointException(
                    "the checkpoints in " + directory + " are open for pipeline " + this.pipeline
                            + " already; each processor needs a store of its own",
                    null);
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new IOException("the checkpoint directory " + directory + " cannot be made: " + e, e);
        }
        Path file = directory.toRealPath().resolve(pipeline + ".lock");
        long pid = ProcessHandle.current().pid();
        if (!LOCKED_HERE.add(file)) {
            throw inUse(pipeline, file, Long.toString(pid));
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse(pipeline, file, holder(channel));
            }
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(Long.toString(pid)), 0);
            deleteUnfinished(pipeline);
        } catch (OverlappingFileLockException e) {
            NEVER_CLOSED.add(channel);
            LOCKED_HERE.remove(file);
            throw inUse(pipeline, file, Long.toString(pid));
        } catch (Throwable t) {
            if (channel != null) {
                channel.close();
            }
            LOCKED_HERE.remove(file);
            throw t;
        }
        this.pipeline = pipeline;
        this.lockFile = file;
        this.lock = channel;
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        return pid.position() == 0
                ? "(unknown)"
                : new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
    }

    private static CheckpointException inUse(String pipeline, Path file, String pid) {
        return new CheckpointException(
                "pipeline %s runs already: %s is locked by process %s. End that instance, or give this one another pipeline id."
                        .formatted(pipeline, file, pid),
                null);
    }

    private void deleteUnfinished(String pipeline) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pipeline + ".*" + UNFINISHED)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** @throws CheckpointException if the file is damaged, of a newer format, or of another target */
    @Override
    public @Nullable Checkpoint load(String target) throws IOException {
        openness.readLock().lock();
        try {
            return read(target);
        } finally {
            openness.readLock().unlock();
        }
    }

    private @Nullable Checkpoint read(String target) throws IOException {
        Path file = file(target);
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return null;
        }
        JsonNode stored = parse(text, file);
        String body = stored.path("checkpoint").toString();
        if (!stored.path("crc32c").asText().equals(checksum(body))) {
            throw damaged(file, "its checksum does not fit", null);
        }
        String owner = pipeline();
        if (!stored.path("pipeline").asText().equals(owner)
                || !stored.path("target").asText().equals(target)) {
            throw new CheckpointException(
                    "%s is the checkpoint of pipeline %s, target %s, not of pipeline %s, target %s; was it renamed or copied? Put the right file there."
                            .formatted(file, stored.path("pipeline"), stored.path("target"), owner, target),
                    null);
        }
        try {
            return Checkpoint.parse(body);
        } catch (CheckpointException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
    }

    private static JsonNode parse(String text, Path file) {
        if (!text.endsWith("}\n")) {
            throw damaged(file, "it was cut off, or something was written behind it", null);
        }
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node == null || !node.path("checkpoint").isObject()) {
                throw damaged(file, "it does not hold a checkpoint", null);
            }
            return node;
        } catch (JsonProcessingException e) {
            throw damaged(file, "it is not JSON", e);
        }
    }

    private static CheckpointException damaged(Path file, String how, @Nullable Exception cause) {
        return new CheckpointException(
                "%s is damaged: %s. Restore it from a backup; or, knowing that rows may be missed or repeated, rewind or reset the target by PipelineCheckpoints."
                        .formatted(file, how),
                cause);
    }

    @Override
    public void save(String target, Checkpoint checkpoint) throws IOException {
        change(target, file -> replace(file, content(target, checkpoint)));
    }

    @Override
    public void delete(String target) throws IOException {
        change(target, file -> {
            Files.deleteIfExists(file);
            forceNames();
        });
    }

    /** A change of a target's file; made again, it has the same effect. */
    private interface Change {
        void make(Path file) throws IOException;
    }

    /**
     * Makes the change once more if an interrupt closes a channel meanwhile: the last save of a lane
     * that had to be interrupted must not be lost.
     */
    private void change(String target, Change change) throws IOException {
        boolean interrupted = false;
        openness.readLock().lock();
        try {
            Path file = file(target);
            synchronized (targets.computeIfAbsent(target, name -> new Object())) {
                boolean done = false;
                while (!done) {
                    try {
                        change.make(file);
                        done = true;
                    } catch (ClosedByInterruptException e) {
                        interrupted |= Thread.interrupted();
                    }
                }
            }
        } finally {
            openness.readLock().unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private byte[] content(String target, Checkpoint checkpoint) throws IOException {
        ObjectNode stored = MAPPER.createObjectNode();
        stored.put("pipeline", pipeline());
        stored.put("target", target);
        JsonNode body = MAPPER.readTree(checkpoint.toJson());
        stored.set("checkpoint", body);
        stored.put("crc32c", checksum(body.toString()));
        return (MAPPER.writeValueAsString(stored) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void replace(Path file, byte[] bytes) throws IOException {
        Path unfinished = directory.resolve(file.getFileName() + UNFINISHED);
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer content = ByteBuffer.wrap(bytes);
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceNames();
    }

    private void forceNames() throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    @Override
    public Set<String> targets() throws IOException {
        openness.readLock().lock();
        try {
            String prefix = pipeline() + ".";
            Set<String> names = new TreeSet<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, prefix + "*" + SUFFIX)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    names.add(name.substring(prefix.length(), name.length() - SUFFIX.length()));
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            return names;
        } finally {
            openness.readLock().unlock();
        }
    }

    private Path file(String target) {
        return directory.resolve(pipeline() + "." + target + SUFFIX);
    }

    private String pipeline() {
        if (pipeline == null) {
            throw new IllegalStateException("the store was not opened");
        }
        return pipeline;
    }

    private static String checksum(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }

    /** Waits for saves under way. */
    @Override
    public void close() throws IOException {
        openness.writeLock().lock();
        try {
            release();
        } finally {
            openness.writeLock().unlock();
        }
    }

    private void release() throws IOException {
        FileChannel held = lock;
        Path file = lockFile;
        lock = null;
        lockFile = null;
        pipeline = null;
        if (held != null && file != null) {
            try {
                held.close();
            } finally {
                LOCKED_HERE.remove(file);
            }
        }
    }

    /** {@return the directory, for messages} */
    @Override
    public String toString() {
        return "FileCheckpointStore[" + directory + "]";
    }
}
