// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.component.CheckpointStoreProvider;
import io.millrace.core.component.Settings;
import java.util.List;

/** Names the store in files: {@code Redis}, with {@code uris} and those keys of {@link RedisOptions.Builder} that it reads. */
public final class RedisCheckpointStores implements CheckpointStoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RedisCheckpointStores() {}

    @Override
    public List<String> types() {
        return List.of("Redis");
    }

    @Override
    public CheckpointStore store(Settings settings) {
        settings.blame("uri", "uris");
        String[] uris = settings.list("uris", String.class).toArray(String[]::new);
        RedisOptions.Builder options =
                settings.bindOnly(RedisOptions.builder(uris), "sentinels", "cluster", "timeout", "checkpointKey");
        return new RedisCheckpointStore(options.build());
    }
}
