// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Findings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisClusterCRC16;
import redis.clients.jedis.util.JedisURIHelper;

/** Which servers a target talks to, and how. Immutable; printing it shows no secrets. */
final class RedisServers {

    private static final int LONGEST_SECONDS = 600;

    private final List<URI> uris;
    private final boolean cluster;
    private final Duration timeout;

    private RedisServers(List<URI> uris, boolean cluster, Duration timeout) {
        this.uris = uris;
        this.cluster = cluster;
        this.timeout = timeout;
    }

    /** {@return the servers; null if there are findings} */
    static @Nullable RedisServers of(List<String> texts, boolean cluster, Duration timeout, Findings findings) {
        List<URI> uris = new ArrayList<>();
        findings.require(!texts.isEmpty(), "uris", texts.size(), "must name a server");
        findings.require(cluster || texts.size() <= 1, "uris", texts.size(), "must be one, unless cluster(true)");
        for (String text : texts) {
            URI uri = parsed(text);
            if (uri == null) {
                // It may hold a password, so it is not shown.
                findings.add("uri", "(not shown)", "must be redis://user:password@host:port/database", "");
            } else {
                uris.add(uri);
            }
        }
        boolean isLegal = timeout.toMillis() >= 1 && timeout.toSeconds() <= LONGEST_SECONDS;
        findings.require(isLegal, "timeout", timeout, "must be a millisecond to ten minutes");
        return uris.size() == texts.size() && !uris.isEmpty() && isLegal
                ? new RedisServers(List.copyOf(uris), cluster, timeout)
                : null;
    }

    private static @Nullable URI parsed(String text) {
        try {
            URI uri = new URI(text);
            return JedisURIHelper.isValid(uri) && List.of("redis", "rediss").contains(uri.getScheme()) ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    boolean isCluster() {
        return cluster;
    }

    /** {@return a client that connects when it is asked something first; used by one thread} */
    UnifiedJedis connect() {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        // No thread that looks after idle connections: a dead one is found when it is used.
        pool.setTimeBetweenEvictionRuns(Duration.ofMillis(-1));
        pool.setJmxEnabled(false);
        if (!cluster) {
            return RedisClient.builder()
                    .hostAndPort(JedisURIHelper.getHostAndPort(uris.get(0)))
                    .clientConfig(config())
                    .poolConfig(pool)
                    .build();
        }
        HashSet<HostAndPort> nodes = new HashSet<>();
        uris.forEach(uri -> nodes.add(JedisURIHelper.getHostAndPort(uri)));
        return RedisClusterClient.builder()
                .nodes(nodes)
                .clientConfig(config())
                .poolConfig(pool)
                .build();
    }

    /**
     * {@return a connection to the server that has the key}
     *
     * @param client of this
     */
    Pipe pipe(UnifiedJedis client, byte[] key) {
        HostAndPort server = JedisURIHelper.getHostAndPort(uris.get(0));
        if (client instanceof RedisClusterClient nodes) {
            // The slot may have moved.
            nodes.refreshClusterTopology();
            try (Connection node = nodes.getConnectionFromSlot(JedisClusterCRC16.getSlot(key))) {
                server = node.getHostAndPort();
            }
        }
        return new Pipe(server, config(), timeout);
    }

    private JedisClientConfig config() {
        URI first = uris.get(0);
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .user(JedisURIHelper.getUser(first))
                .password(JedisURIHelper.getPassword(first))
                .database(JedisURIHelper.getDBIndex(first))
                .connectionTimeoutMillis((int) timeout.toMillis())
                .socketTimeoutMillis((int) timeout.toMillis())
                .clientName("millrace");
        if (JedisURIHelper.isRedisSSLScheme(first)) {
            config.sslOptions(SslOptions.defaults());
        }
        return config.build();
    }

    /** {@return their addresses} */
    @Override
    public String toString() {
        return uris.stream()
                .map(uri -> JedisURIHelper.getHostAndPort(uri).toString())
                .collect(Collectors.joining(","));
    }
}
