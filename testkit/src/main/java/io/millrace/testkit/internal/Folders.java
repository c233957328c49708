// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders of servers: caches that are filled once per machine and user, and copies that are thrown away. */
public final class Folders {

    /** Fills a folder. */
    public interface Filling {
        void fill(Path folder) throws IOException;
    }

    private Folders() {}

    /** {@return a new folder for one server, with a path short enough for a socket in it} */
    public static Path temporary(String prefix) throws IOException {
        return Files.createTempDirectory(prefix);
    }

    /**
     * {@return the cached folder of that name, filled now if it was not there} It is filled under
     * another name first, so that a half-filled one is never seen, whoever else fills it meanwhile.
     */
    public static Path cached(String name, Filling filling) throws IOException {
        Path caches =
                Path.of(System.getProperty("java.io.tmpdir"), "millrace-testkit-" + System.getProperty("user.name"));
        Path folder = caches.resolve(name);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Files.createDirectories(caches);
        Path filled = Files.createTempDirectory(caches, "filling-");
        try {
            filling.fill(filled);
            Files.move(filled, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            delete(filled);
        } catch (IOException | RuntimeException e) {
            delete(filled);
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        return folder;
    }

    /** Copies everything below {@code from} to {@code to}. */
    public static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    /** Deletes the folder and everything below it. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
