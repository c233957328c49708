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
    private final @Nullable Sentinels sentinels;
    private final Duration timeout;
    private final int minReplicas;

    private RedisServers(
            List<URI> uris, boolean cluster, @Nullable Sentinels sentinels, Duration timeout, int minReplicas) {
        this.uris = uris;
        this.cluster = cluster;
        this.sentinels = sentinels;
        this.timeout = timeout;
        this.minReplicas = minReplicas;
    }

    /** {@return the servers; null if there are findings} */
    static @Nullable RedisServers of(RedisOptions.Builder options, Findings findings) {
        Duration timeout = options.timeout;
        List<URI> uris = parsed("uri", options.uris, findings);
        List<URI> sentinelUris = parsed("sentinels", options.sentinels, findings);
        findings.require(!options.uris.isEmpty(), "uris", options.uris.size(), "must name a server");
        findings.require(
                options.cluster || options.uris.size() <= 1,
                "uris",
                options.uris.size(),
                "must be one, unless cluster(true)");
        boolean asksSentinels = !options.master.isEmpty();
        findings.require(
                asksSentinels != options.sentinels.isEmpty(),
                "sentinels",
                options.master,
                "must name a master and a sentinel");
        findings.require(!asksSentinels || !options.cluster, "sentinels", options.master, "are not for clusters");
        boolean isLegal = timeout.toMillis() >= 1 && timeout.toSeconds() <= LONGEST_SECONDS;
        findings.require(isLegal, "timeout", timeout, "must be a millisecond to ten minutes");
        findings.require(options.minReplicas >= 0, "minReplicas", options.minReplicas, "must not be negative");
        Sentinels sentinels = asksSentinels ? new Sentinels(options.master, sentinelUris) : null;
        return uris.isEmpty() || !isLegal
                ? null
                : new RedisServers(uris, options.cluster, sentinels, timeout, options.minReplicas);
    }

    private static List<URI> parsed(String option, List<String> texts, Findings findings) {
        List<URI> uris = new ArrayList<>();
        for (String text : texts) {
            URI uri = parsed(text);
            if (uri == null) {
                // It may hold a password, so it is not shown.
                findings.add(option, "(not shown)", "must be redis://user:password@host:port/database", "");
            } else {
                uris.add(uri);
            }
        }
        return List.copyOf(uris);
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

    /** {@return where to connect to now} */
    HostAndPort locate() {
        return sentinels == null ? JedisURIHelper.getHostAndPort(uris.get(0)) : sentinels.locate(this::config);
    }

    /** {@return a client that connects when it is asked something first; used by one thread} */
    UnifiedJedis connect(HostAndPort server) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        // No thread that looks after idle connections: a dead one is found when it is used.
        pool.setTimeBetweenEvictionRuns(Duration.ofMillis(-1));
        pool.setJmxEnabled(false);
        if (!cluster) {
            return RedisClient.builder()
                    .hostAndPort(server)
                    .clientConfig(config(uris.get(0)))
                    .poolConfig(pool)
                    .build();
        }
        HashSet<HostAndPort> nodes = new HashSet<>();
        uris.forEach(uri -> nodes.add(JedisURIHelper.getHostAndPort(uri)));
        return RedisClusterClient.builder()
                .nodes(nodes)
                .clientConfig(config(uris.get(0)))
                .poolConfig(pool)
                .build();
    }

    /**
     * {@return a connection to the server that has the key}
     *
     * @param client of that server, or of the cluster
     */
    Pipe pipe(HostAndPort server, UnifiedJedis client, byte[] key) {
        HostAndPort holder = server;
        if (client instanceof RedisClusterClient nodes) {
            // The slot may have moved.
            nodes.refreshClusterTopology();
            try (Connection node = nodes.getConnectionFromSlot(JedisClusterCRC16.getSlot(key))) {
                holder = node.getHostAndPort();
            }
        }
        return new Pipe(holder, config(uris.get(0)), timeout, minReplicas);
    }

    private JedisClientConfig config(URI uri) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .user(JedisURIHelper.getUser(uri))
                .password(JedisURIHelper.getPassword(uri))
                .database(JedisURIHelper.getDBIndex(uri))
                .connectionTimeoutMillis((int) timeout.toMillis())
                .socketTimeoutMillis((int) timeout.toMillis())
                .clientName("millrace");
        if (JedisURIHelper.isRedisSSLScheme(uri)) {
            config.sslOptions(SslOptions.defaults());
        }
        return config.build();
    }

    /** {@return their addresses} */
    @Override
    public String toString() {
        return sentinels != null
                ? sentinels.toString()
                : uris.stream()
                        .map(uri -> JedisURIHelper.getHostAndPort(uri).toString())
                        .collect(Collectors.joining(","));
    }
}
