// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import io.millrace.redis.RedisCommand;
import io.millrace.redis.RedisOptions;
import io.millrace.redis.RedisTarget;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The program that {@link RedisKillIT} runs and kills: a table into a list, a stream and a mirror. */
final class RedisCapture {

    private RedisCapture() {}

    /** @param args MySQL's port, Redis's address */
    public static void main(String[] args) {
        MySqlOptions source = MySqlOptions.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .user("root")
                .startFrom(StartFrom.initialLoad())
                .pipeline(PipelineOptions.builder("kill")
                        // All targets keep their checkpoints in Redis.
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include("shop", "stock")
                                .build())
                        .build())
                .build();
        List<RedisTarget> targets = List.of(
                target(args[1], RedisCommand.RPUSH, "list"),
                target(args[1], RedisCommand.XADD, "stream"),
                target(args[1], RedisCommand.HSET, "mirror:%{/record/id}"));
        try (var processor = new MySqlBinlogProcessor(source, targets)) {
            processor.run();
        }
    }

    private static RedisTarget target(String uri, RedisCommand command, String key) {
        // Small batches: more places to be killed at.
        TargetOptions options = TargetOptions.builder(command.name().toLowerCase(Locale.ROOT))
                .batchSize(50)
                .build();
        return new RedisTarget(RedisOptions.builder(uri)
                .command(command)
                .key(key)
                .timeout(Duration.ofSeconds(2))
                .target(options)
                .build());
    }
}
