// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.PermanentException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The states of a catalog, one a line, each as what it changes of an earlier one:
 *
 * <pre>{@code
 * millrace-schemas 1
 * <CRC-32C> <id> <id of the state before, or -> <changes as JSON>
 * }</pre>
 *
 * <p>Lines are only added. A state's id is a hash of what led to it, so the same statements lead to the same id, and
 * an id that is in no line is a state that is not known here: nobody can take a file of another time or machine for
 * the right one. A line that was not written to its end counts for nothing.
 */
final class HistoryFile {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String TITLE = "millrace-schemas ";
    private static final int FORMAT = 1;
    private static final String NONE = "-";

    /** A file of fewer bytes is never shortened. */
    private static final long LARGE = 16 << 20;

    private final Path file;
    private final long large;
    /** The state before each state that is known; null until the file has been read. */
    private @Nullable Map<String, String> known;

    HistoryFile(Path directory, String pipeline) {
        this(directory, pipeline, LARGE);
    }

    HistoryFile(Path directory, String pipeline, long large) {
        this.file = directory.resolve(pipeline + ".schemas");
        this.large = large;
    }

    Path file() {
        return file;
    }

    /** A line's parts; the JSON is not read. */
    private record Line(String id, String before, String json) {

        /** {@return the line, null if it is damaged} */
        static @Nullable Line of(String text) {
            String[] parts = text.split(" ", 4);
            boolean isWhole = parts.length == 4 && parts[0].equals(checksum(text.substring(parts[0].length() + 1)));
            return isWhole ? new Line(parts[1], parts[2], parts[3]) : null;
        }

        @Override
        public String toString() {
            String text = id + " " + before + " " + json;
            return checksum(text) + " " + text + "\n";
        }

        private static String checksum(String text) {
            CRC32C crc = new CRC32C();
            crc.update(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().toHexDigits((int) crc.getValue());
        }
    }

    /** What is done with each line of the file. */
    private interface Reader {
        void take(Line line) throws IOException;
    }

    private void read(Reader reader) throws IOException {
        // Damaged characters are replaced, so that the checksum tells of them.
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            checkFormat(in.readLine());
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                Line line = Line.of(text);
                if (line != null) {
                    reader.take(line);
                }
            }
        } catch (NoSuchFileException e) {
            // It is written with the first state.
        }
    }

    private void checkFormat(@Nullable String title) {
        String format = title != null && title.startsWith(TITLE) ? title.substring(TITLE.length()) : "";
        if (title != null && !format.equals(Integer.toString(FORMAT))) {
            throw new PermanentException(
                    "%s is no schema history of format %d; run the version of Millrace that wrote it, or a newer one, or delete the file"
                            .formatted(file, FORMAT),
                    null);
        }
    }

    private Map<String, String> known() throws IOException {
        Map<String, String> states = known;
        if (states == null) {
            Map<String, String> found = new HashMap<>();
            read(line -> found.put(line.id(), line.before()));
            known = found;
            states = found;
        }
        return states;
    }

    /** {@return the state of that id, null if it is not known} */
    @Nullable Catalog load(String id) throws IOException {
        Set<String> path = new HashSet<>();
        String state = id;
        while (!state.equals(NONE)) {
            path.add(state);
            state = known().get(state);
            if (state == null) {
                return null;
            }
        }
        Catalog catalog = new Catalog();
        // A state's line stands behind that of the state before.
        read(line -> {
            if (path.contains(line.id())) {
                catalog.apply(MAPPER.readTree(line.json()));
            }
        });
        return catalog;
    }

    /**
     * Stores a state; returning means that it is durable.
     *
     * @param before the state before; null if there is none
     * @return the state's id
     */
    String append(@Nullable String before, ObjectNode changes) throws IOException {
        String json = MAPPER.writeValueAsString(changes);
        String parent = before == null ? NONE : before;
        Line line = new Line(hash(parent + " " + json), parent, json);
        if (known().putIfAbsent(line.id(), parent) == null) {
            try {
                write(line.toString());
            } catch (IOException e) {
                known = null;
                throw e;
            }
        }
        return line.id();
    }

    private void write(String line) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        boolean isNew = Files.notExists(file);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.position(channel.size());
            write(channel, begin(channel) + line);
            channel.force(true);
        }
        if (isNew) {
            forceDirectory();
        }
    }

    /** {@return what has to stand before a line that is added: the title, or the end of a line that has none} */
    private static String begin(FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        return size == 0 ? TITLE + FORMAT + "\n" : channel.read(last, size - 1) == 1 && last.get(0) != '\n' ? "\n" : "";
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void forceDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /**
     * Forgets what led to a state, if the file is large and that makes it much shorter. No position may be left that
     * names an earlier state.
     */
    void shorten(String id, Catalog state) throws IOException {
        if (Files.notExists(file) || Files.size(file) < large) {
            return;
        }
        Path shorter = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                shorter, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            String json = MAPPER.writeValueAsString(state.toJson());
            write(channel, TITLE + FORMAT + "\n" + new Line(id, NONE, json));
            boolean[] isBehind = {false};
            read(line -> {
                if (isBehind[0]) {
                    write(channel, line.toString());
                }
                isBehind[0] |= line.id().equals(id);
            });
            channel.force(true);
        }
        if (Files.size(shorter) < Files.size(file) / 2) {
            Files.move(shorter, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceDirectory();
            known = null;
        } else {
            Files.delete(shorter);
        }
    }

    /** Forgets everything, if the file is large. No position may be left that names a state. */
    void clear() throws IOException {
        if (Files.exists(file) && Files.size(file) >= large) {
            Files.delete(file);
            forceDirectory();
            known = null;
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
