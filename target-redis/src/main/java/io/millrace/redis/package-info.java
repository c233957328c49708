// SPDX-License-Identifier: Apache-2.0
/**
 * Delivers to Redis. After a lane has made a batch, before the server: {@link io.millrace.redis.RedisTarget}
 * encodes each change, names its key by a template and stores the batch and the checkpoint by one Lua script.
 *
 * <p>What holds: a batch and its checkpoint are stored together or not at all, in the source's order, so each
 * change is stored once, through crashes of either side too; only {@link io.millrace.redis.RedisCommand#PUBLISH}
 * promises nothing. An older instance of the pipeline stores nothing once a newer one has begun.
 *
 * <pre>{@code
 * Target redis = new RedisTarget(RedisOptions.builder("redis://127.0.0.1:6379")
 *         .command(RedisCommand.XADD)
 *         .key("shop.%{/table}")
 *         .build());
 * }</pre>
 */
@NullMarked
package io.millrace.redis;

import org.jspecify.annotations.NullMarked;
