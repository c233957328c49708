// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.RedisInstallation;
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

    private RedisSentinel(String masterName, RedisServer master) throws IOException {
        super("redis-sentinel", "sentinel", false);
        this.masterName = masterName;
        this.master = master;
    }

    /** {@return a running sentinel that watches the server, and its replicas, under that name} */
    public static RedisSentinel watching(String masterName, RedisServer master) throws IOException {
        UnsupportedPlatformException.check("Redis server");
        RedisSentinel sentinel = new RedisSentinel(masterName, master);
        sentinel.begin();
        return sentinel;
    }

    @Override
    void prepare() throws IOException {
        Files.writeString(
                folder().resolve("sentinel.conf"), """
                port %1$d
                bind %2$s
                dir %3$s
                sentinel monitor %4$s %2$s %5$d 1
                sentinel down-after-milliseconds %4$s 500
                sentinel failover-timeout %4$s 5000
                """.formatted(port(), host(), folder(), masterName, master.port()));
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
}
