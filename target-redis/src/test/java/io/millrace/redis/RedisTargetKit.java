// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.testkit.RedisExtension;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.kit.TargetKit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.RedisClient;

/** What all commands that store something have in common in the kit. */
@ExtendWith(RedisExtension.class)
abstract class RedisTargetKit extends TargetKit {

    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final Pattern SQL = Pattern.compile("\"sql\":\"([^\"]*)\"");

    final String prefix = "kit" + TESTS.incrementAndGet();
    RedisClient client;
    private String uri;

    @BeforeEach
    void connect(RedisServer server) {
        uri = server.uri();
        client = RedisClient.create(uri);
    }

    @AfterEach
    void disconnect() throws Exception {
        healStorage();
        client.close();
    }

    String uri() {
        return uri;
    }

    /** {@return the address that the target uses} */
    String targetUri() {
        return uri;
    }

    abstract RedisCommand command();

    /** {@return the values of a key, in the order in which they were stored} */
    abstract List<String> values(String key);

    /** {@return the template of keys} */
    String keys() {
        return prefix + ":%{/table}";
    }

    @Override
    protected Target target(TargetOptions options) {
        return new RedisTarget(RedisOptions.builder(targetUri())
                .target(options)
                .command(command())
                .key(keys())
                .checkpointKey("checkpoints-" + prefix)
                .build());
    }

    @Override
    protected List<String> stored() {
        List<String> rows = all();
        rows.removeIf(value -> SQL.matcher(value).find());
        return rows;
    }

    @Override
    protected List<String> appliedStatements() {
        List<String> sql = new ArrayList<>();
        for (String value : all()) {
            Matcher matcher = SQL.matcher(value);
            if (matcher.find()) {
                sql.add(matcher.group(1));
            }
        }
        return sql;
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        try (RedisClient own = RedisClient.create(uri)) {
            for (String key : own.keys(prefix + ":*")) {
                all.addAll(values(key));
            }
        }
        return all;
    }

    @Override
    protected boolean storesExactlyOnce() {
        return true;
    }

    /** Of the client's pool, which ends it once nobody has had a pool for a while. */
    @Override
    protected boolean isOfStorage(Thread thread) {
        return thread.getName().contains("pool-evictor");
    }
}
