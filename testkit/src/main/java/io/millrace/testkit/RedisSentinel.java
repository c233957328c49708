// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.RedisInstallation;
import io.millrace.testkit.internal.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/**
 * A real Redis Sentinel that decides alone: half a second after a {@link RedisServer} has gone, it promotes one of the
 * replicas that the server had. Needs the artifact {@code org.signal:embedded-redis} on the class path.
 */
public final class RedisSentinel extends LocalServer {

    private final String masterName;
    private final RedisServer master;
    private final List<String> lines;
    private final int tlsPort;

    private RedisSentinel(String masterName, RedisServer master, List<String> lines) throws IOException {
        super("redis-sentinel", "sentinel", false);
        this.masterName = masterName;
        this.master = master;
        this.lines = lines;
        this.tlsPort = master.tlsPort() == 0 ? 0 : ServerProcess.freePort();
    }

    /**
     * {@return a running sentinel that watches the server, and its replicas, under that name} If the server has TLS, it
     * is used to reach it, and the sentinel has it too.
     *
     * @param lines more of the sentinel's configuration
     */
    public static RedisSentinel watching(String masterName, RedisServer master, String... lines) throws IOException {
        UnsupportedPlatformException.check("Redis server");
        RedisSentinel sentinel = new RedisSentinel(masterName, master, List.of(lines));
        sentinel.begin();
        return sentinel;
    }

    @Override
    void prepare() throws IOException {
        StringBuilder configuration = new StringBuilder();
        if (tlsPort != 0) {
            RedisServer.tlsOptions(tlsPort).forEach((name, value) -> configuration.append(name + " " + value + "\n"));
        }
        configuration.append(
                """
                port %1$d
                bind %2$s
                dir %3$s
                sentinel monitor %4$s %2$s %5$d 1
                sentinel down-after-milliseconds %4$s 500
                sentinel failover-timeout %4$s 5000
                """.formatted(port(), host(), folder(), masterName, tlsPort == 0 ? master.port() : master.tlsPort()));
        lines.forEach(line -> configuration.append(line).append('\n'));
        Files.writeString(folder().resolve("sentinel.conf"), configuration);
    }

    @Override
    List<String> command() throws IOException {
        return List.of(
                RedisInstallation.get().toString(),
                folder().resolve("sentinel.conf").toString(),
                "--sentinel");
    }

    @Override
    Map<String, String> environment() {
        return Map.of("PATH", "/usr/bin:/bin");
    }

    /** {@return {@code redis://127.0.0.1:port}, for clients} */
    public String uri() {
        return "redis://" + host() + ":" + port();
    }

    /** {@return {@code rediss://127.0.0.1:port}, for clients that trust {@link RedisServer#trustStore()}} */
    public String tlsUri() {
        return "rediss://" + host() + ":" + tlsPort;
    }
}
