// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The redis-server 7.0.15 of its artifact: one file, linked statically, cached. */
public final class RedisInstallation {

    private static final String VERSION = "redis-server-7.0.15";
    private static final String RESOURCE = "/" + VERSION + "-linux-amd64";

    private RedisInstallation() {}

    /** {@return the program} */
    public static Path get() throws IOException {
        return Folders.cached(VERSION, RedisInstallation::unpack).resolve("redis-server");
    }

    private static void unpack(Path folder) throws IOException {
        try (InputStream in = RedisInstallation.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("the Redis server is not on the class path; add the artifact"
                        + " org.signal:embedded-redis:0.9.1, without its dependencies, in test scope");
            }
            Path program = folder.resolve("redis-server");
            Files.copy(in, program);
            if (!program.toFile().setExecutable(true)) {
                throw new IOException(program + " cannot be made executable");
            }
        }
    }
}
