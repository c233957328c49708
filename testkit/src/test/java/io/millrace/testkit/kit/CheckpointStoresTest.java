// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoresTest {

    @Nested
    class InMemory extends CheckpointStoreKit {

        private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();

        @Override
        protected CheckpointStore store() {
            return store;
        }

        @Override
        protected boolean isExclusive() {
            return false;
        }
    }

    @Nested
    class InFiles extends CheckpointStoreKit {

        @TempDir
        private Path folder;

        @Override
        protected CheckpointStore store() {
            return new FileCheckpointStore(folder);
        }

        @Override
        protected boolean isExclusive() {
            return true;
        }

        private Path saved() throws IOException {
            try (FileCheckpointStore store = new FileCheckpointStore(folder)) {
                store.open("orders");
                store.save("kafka", new Checkpoint("mysql", "{\"gtids\":\"\"}", 12, null, 1));
            }
            return folder.resolve("orders.kafka.checkpoint");
        }

        private Checkpoint loaded() throws IOException {
            try (FileCheckpointStore store = new FileCheckpointStore(folder)) {
                store.open("orders");
                return store.load("kafka");
            }
        }

        @Test
        void shouldRefuseAFileThatWasCutOffAnywhere() throws IOException {
            Path file = saved();
            byte[] whole = Files.readAllBytes(file);
            for (int length = 0; length < whole.length - 1; length++) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThatThrownBy(this::loaded)
                        .as("%s bytes", length)
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining(file.toString());
            }
        }

        @Test
        void shouldNeverAnswerWithAnotherCheckpointThanWasSavedWhateverBitIsFlipped() throws IOException {
            Path file = saved();
            byte[] whole = Files.readAllBytes(file);
            Checkpoint expected = loaded();
            for (int at = 0; at < whole.length; at++) {
                byte[] flipped = whole.clone();
                flipped[at] ^= 0x10;
                Files.write(file, flipped);
                try {
                    assertThat(loaded()).as("byte %s", at).isEqualTo(expected);
                } catch (CheckpointException e) {
                    assertThat(e).hasMessageContaining(file.toString());
                }
            }
        }

        @Test
        void shouldRefuseANewerFormat() throws IOException {
            Path file = saved();
            String newer = "{\"format\":2,\"source\":\"mysql\",\"position\":{},\"transaction\":1,\"epoch\":1}";
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(newer.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            Files.writeString(
                    file,
                    "{\"pipeline\":\"orders\",\"target\":\"kafka\",\"checkpoint\":" + newer + ",\"crc32c\":\""
                            + "%08x".formatted(crc.getValue()) + "\"}");

            assertThatThrownBy(this::loaded)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("format 2")
                    .hasMessageContaining(file.toString());
        }

        @Test
        void shouldRefuseAFileOfAnotherTarget() throws IOException {
            Files.copy(saved(), folder.resolve("orders.redis.checkpoint"));

            try (FileCheckpointStore store = new FileCheckpointStore(folder)) {
                store.open("orders");
                assertThatThrownBy(() -> store.load("redis"))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("target \"kafka\"");
            }
        }

        @Test
        void shouldPassOverWhatAnInterruptedSaveLeft() throws IOException {
            Path file = saved();
            Path left = folder.resolve(file.getFileName() + ".tmp");
            Files.writeString(left, "{\"pipel");

            assertThat(loaded()).isNotNull();
            assertThat(left).doesNotExist();
        }

        @Test
        void shouldNeverGoBackThoughItsProcessIsKilled() throws Exception {
            for (int round = 0; round < 8; round++) {
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                SavingLoop.class.getName(),
                                folder.toString())
                        .start();
                long printed = 0;
                try (BufferedReader output = process.inputReader()) {
                    for (int i = 0; i < 20 + 7 * round; i++) {
                        printed = Long.parseLong(output.readLine());
                    }
                    assertThatThrownBy(this::loaded)
                            .isInstanceOf(CheckpointException.class)
                            .hasMessageContaining(Long.toString(process.pid()));
                } finally {
                    process.destroyForcibly().waitFor();
                }

                assertThat(loaded().transaction()).isGreaterThanOrEqualTo(printed);
            }
        }
    }

    /** Saves checkpoint after checkpoint and prints each when it is durable. */
    static final class SavingLoop {

        private SavingLoop() {}

        public static void main(String[] args) throws IOException {
            FileCheckpointStore store = new FileCheckpointStore(Path.of(args[0]));
            store.open("orders");
            Checkpoint last = store.load("kafka");
            for (long i = last == null ? 1 : last.transaction() + 1; ; i++) {
                store.save("kafka", new Checkpoint("mysql", "{\"gtids\":\"\"}", i, null, 1));
                System.out.println(i);
            }
        }
    }
}
