// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static io.millrace.redis.Pipelines.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.ScriptedSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import redis.clients.jedis.RedisClient;

/** A log of the random changes of a table, and what Redis should hold of it. */
final class ChangingTable {

    private final ScriptedSource log;
    private final Random random;
    private final Map<Long, String> rows = new TreeMap<>();
    private long nextId;

    ChangingTable(ScriptedSource log, Random random) {
        this.log = log;
        this.random = random;
    }

    /** Some hundred changes, in transactions of some rows. */
    void change() {
        for (int i = 0; i < 50; i++) {
            log.transaction(tx -> {
                for (int j = 0; j < 8; j++) {
                    change(tx);
                }
            });
        }
    }

    private void change(ScriptedSource.Script tx) {
        Long id = rows.isEmpty() ? null : List.copyOf(rows.keySet()).get(random.nextInt(rows.size()));
        int choice = random.nextInt(4);
        if (id == null || choice < 2) {
            tx.insert(order(nextId, "new", null));
            rows.put(nextId++, "new");
        } else if (choice == 2) {
            String name = "v" + random.nextInt();
            tx.update(order(id, rows.get(id), null), order(id, name, null));
            rows.put(id, name);
        } else {
            tx.delete(order(id, rows.get(id), null));
            rows.remove(id);
        }
    }

    /** Each change is there once and in order, or the mirror is the table. */
    void assertIsIn(RedisClient client, RedisCommand command) {
        switch (command) {
            case RPUSH -> assertThat(client.lrange("shop.orders", 0, -1)).isEqualTo(changes());
            case XADD ->
                assertThat(client.xrange("shop.orders", "-", "+"))
                        .extracting(entry -> entry.getFields().get("event"))
                        .isEqualTo(changes());
            case HSET -> {
                Map<Long, String> mirror = new TreeMap<>();
                for (String key : client.keys("shop:orders:*")) {
                    mirror.put(Long.parseLong(client.hget(key, "id")), client.hget(key, "name"));
                }
                assertThat(mirror).isEqualTo(rows);
            }
            default -> throw new IllegalArgumentException(command.toString());
        }
    }

    private List<String> changes() {
        return log.records().stream().map(record -> record.toJson()).toList();
    }
}
