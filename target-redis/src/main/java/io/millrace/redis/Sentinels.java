// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * The sentinels that know which server is the master. They are asked whenever a connection is made, and not listened to
 * in between: a master that was replaced refuses writes, or does not answer.
 */
record Sentinels(String master, List<URI> uris) {

    /** How to talk to the server of a URI. */
    interface Config {
        JedisClientConfig of(URI uri);
    }

    /** @throws JedisConnectionException if no sentinel says where the master is */
    HostAndPort locate(Config config) {
        List<String> failures = new ArrayList<>();
        for (URI uri : uris) {
            HostAndPort at = JedisURIHelper.getHostAndPort(uri);
            try {
                HostAndPort found = ask(at, config.of(uri));
                if (found != null) {
                    return found;
                }
                failures.add(at + " does not know it");
            } catch (JedisException e) {
                failures.add(at + ": " + e.getMessage());
            }
        }
        throw new JedisConnectionException("no sentinel says where master " + master + " is: " + failures);
    }

    private @Nullable HostAndPort ask(HostAndPort sentinel, JedisClientConfig config) {
        try (Jedis open = new Jedis(sentinel, config)) {
            List<String> address = open.sentinelGetMasterAddrByName(master);
            return address == null ? null : new HostAndPort(address.get(0), Integer.parseInt(address.get(1)));
        }
    }

    @Override
    public String toString() {
        return uris.stream()
                .map(uri -> JedisURIHelper.getHostAndPort(uri).toString())
                .collect(Collectors.joining(",", master + " of sentinels ", ""));
    }
}
