// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.XAddParams;

/** A Redis client that writes ready-made values, a command for each, in pipelines of a thousand. */
final class RedisContestant implements Contestant {

    private static final int PIPELINE = 1_000;

    private final boolean toStream;

    RedisContestant(boolean toStream) {
        this.toStream = toStream;
    }

    @Override
    public void drain(Job job, Tally tally) {
        ReadyMade ready = new ReadyMade();
        byte[] key = job.topic().getBytes(StandardCharsets.UTF_8);
        byte[] field = "event".getBytes(StandardCharsets.US_ASCII);
        XAddParams params = XAddParams.xAddParams();
        try (RedisClient client = RedisClient.create(URI.create(job.brokers()))) {
            for (long begin = 0; begin < job.rows(); begin += PIPELINE) {
                try (Pipeline pipeline = client.pipelined()) {
                    for (long id = begin; id < Math.min(begin + PIPELINE, job.rows()); id++) {
                        byte[] value = ready.value(id);
                        tally.json(value, 0, value.length);
                        if (toStream) {
                            pipeline.xadd(key, params, Map.of(field, value));
                        } else {
                            pipeline.rpush(key, value);
                        }
                    }
                    pipeline.sync();
                }
            }
        }
    }
}
