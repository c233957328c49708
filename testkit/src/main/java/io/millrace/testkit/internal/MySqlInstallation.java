// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A MySQL or MariaDB server unpacked from its artifact, with an initialised data folder to copy, both cached. What
 * differs between the two is in {@link MySqlArchive} and {@link MariaDbFiles}.
 */
public abstract class MySqlInstallation {

    private final String version;
    private final Path base;
    private final Path program;

    /** @param version names the folders in the cache */
    MySqlInstallation(String version, Path base, Path program) {
        this.version = version;
        this.base = base;
        this.program = program;
    }

    public final Path base() {
        return base;
    }

    /** {@return the environment of every process of this installation} */
    public abstract Map<String, String> environment();

    /**
     * Fills {@code folder/data} with the data of a new server: root without a password, no transactions.
     *
     * @param options of the program, beside those that this always needs
     */
    abstract void initialiseOnce(Path folder, List<String> options) throws IOException;

    /** {@return the program and the options that every start of it needs} */
    public final List<String> command(Path data) {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--basedir=" + base,
                "--datadir=" + data,
                "--lc-messages-dir=" + base.resolve("share")));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        return command;
    }

    /**
     * Fills a new data folder: root without a password, no transactions, a UUID of its own if servers have one.
     *
     * @param lowerCaseTableNames which has to be told before there are any
     */
    public final void initialise(Path data, String lowerCaseTableNames) throws IOException {
        String names = lowerCaseTableNames.equals("0") ? "" : "-names-" + lowerCaseTableNames;
        Path initialised = Folders.cached(
                version + "-data-2" + names,
                folder -> initialiseOnce(folder, List.of("--lower-case-table-names=" + lowerCaseTableNames)));
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

    /** @param input what the process reads */
    static void run(List<String> command, Map<String, String> environment, ProcessBuilder.Redirect input)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectInput(input);
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
