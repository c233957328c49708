// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** MySQL out of an archive, with the two shared libraries that the system may lack. */
public final class MySqlArchive extends MySqlInstallation {

    /** The artifacts of all versions have it under the same name. */
    private static final String RESOURCE = "mysql-Linux-amd64.tar.gz";

    private static final List<Path> LIBRARY_FOLDERS =
            List.of(Path.of("/lib/x86_64-linux-gnu"), Path.of("/usr/lib/x86_64-linux-gnu"), Path.of("/usr/lib64"));

    private final Path libraries;
    private final List<String> initialising;

    private MySqlArchive(String version, Path base, Path libraries, List<String> initialising) {
        super(version, base, base.resolve("bin/mysqld"));
        this.libraries = libraries;
        this.initialising = initialising;
    }

    /**
     * {@return the installation, made now if it was not there}
     *
     * @param version for the cache, such as {@code mysql-8.0.31}
     * @param artifact its coordinates, for messages
     * @param jar how the name of its file begins
     * @param ownLibraries whether the libraries written here are used even where the system has them
     * @param initialising options of mysqld while it makes its data folder
     */
    public static MySqlArchive get(
            String version, String artifact, String jar, boolean ownLibraries, List<String> initialising)
            throws IOException {
        Path base = Folders.cached(version, folder -> unpack(artifact, jar, folder));
        boolean system = hasLibrary("libaio.so.1") && hasLibrary("libnuma.so.1");
        Path libraries =
                system && !ownLibraries ? base.resolve("lib") : Folders.cached("libraries-1", SharedLibrary::writeAll);
        return new MySqlArchive(version, base, libraries, initialising);
    }

    private static boolean hasLibrary(String name) {
        return LIBRARY_FOLDERS.stream().anyMatch(folder -> Files.exists(folder.resolve(name)));
    }

    private static void unpack(String artifact, String jar, Path folder) throws IOException {
        Path archive = folder.resolve("mysql.tar.gz");
        try (InputStream in = resource(artifact, jar).openStream()) {
            Files.copy(in, archive);
        }
        run(
                List.of("tar", "xzf", archive.toString(), "-C", folder.toString()),
                Map.of("PATH", "/usr/bin:/bin"),
                ProcessBuilder.Redirect.PIPE);
        Files.delete(archive);
    }

    private static URL resource(String artifact, String jar) throws IOException {
        for (URL found : Collections.list(MySqlArchive.class.getClassLoader().getResources(RESOURCE))) {
            if (found.getPath().contains("/" + jar)) {
                return found;
            }
        }
        throw new IOException("the MySQL server is not on the class path; add the artifact " + artifact
                + ", without its dependencies, in test scope");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("LD_LIBRARY_PATH", libraries.toString());
    }

    @Override
    void initialiseOnce(Path folder, List<String> options) throws IOException {
        Path statements = folder.resolve("init.sql");
        Files.writeString(statements, """
                CREATE USER 'root'@'127.0.0.1';
                GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
                """);
        List<String> command = command(folder.resolve("data"));
        command.addAll(List.of(
                "--initialize-insecure",
                "--init-file=" + statements,
                "--innodb-buffer-pool-size=8M",
                "--innodb-doublewrite=OFF",
                "--skip-log-bin"));
        command.addAll(options);
        command.addAll(initialising);
        run(command, environment(), ProcessBuilder.Redirect.PIPE);
    }
}
