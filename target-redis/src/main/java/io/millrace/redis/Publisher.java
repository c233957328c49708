// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Batch;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;

/** Publishes changes in channels. */
final class Publisher {

    private final Connection connection;
    private final ChangeWriter changes;

    Publisher(RedisOptions options, Connection connection) {
        this.connection = connection;
        this.changes = new ChangeWriter(options);
    }

    void publish(Batch batch) {
        connection.ask(redis -> {
            List<Response<Long>> answers = new ArrayList<>();
            try (AbstractPipeline pipeline = redis.pipelined()) {
                changes.write(batch, (key, value, change) -> answers.add(pipeline.publish(key.getBytes(UTF_8), value)));
                pipeline.sync();
            }
            // An error is an answer, too.
            answers.forEach(Response::get);
            return answers.size();
        });
    }
}
