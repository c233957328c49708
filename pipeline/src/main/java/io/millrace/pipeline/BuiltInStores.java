// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.component.CheckpointStoreProvider;
import io.millrace.core.component.Settings;
import java.nio.file.Path;
import java.util.List;

/** Names core's checkpoint stores in files: {@code File} with {@code directory}, and {@code Memory}. */
public final class BuiltInStores implements CheckpointStoreProvider {

    /** For {@link java.util.ServiceLoader}. */
    public BuiltInStores() {}

    @Override
    public List<String> types() {
        return List.of("File", "Memory");
    }

    @Override
    public CheckpointStore store(Settings settings) {
        if (settings.type().equals("Memory")) {
            return new InMemoryCheckpointStore();
        }
        Path directory = settings.get("directory", Path.class);
        if (directory == null) {
            settings.refuse("directory", "is required");
            return new InMemoryCheckpointStore();
        }
        return new FileCheckpointStore(directory);
    }
}
