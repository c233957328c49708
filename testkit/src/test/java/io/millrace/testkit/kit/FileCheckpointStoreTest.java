// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.PipelineCheckpoints;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckpointStoreTest extends CheckpointStoreKit {

    private static final Checkpoint CHECKPOINT = new Checkpoint(
            "mysql", "{\"gtids\":\"3e11fa47:1-5\",\"name\":\"ä\"}", 17, new OpenTransaction("tx-18", 3), 2);

    @TempDir
    Path directory;

    @Override
    protected CheckpointStore store() {
        return new FileCheckpointStore(directory);
    }

    @Test
    void shouldMakeItsDirectory() throws Exception {
        Path deep = directory.resolve("a/b/c");
        try (FileCheckpointStore store = new FileCheckpointStore(deep)) {
            store.open("kit");
            store.save("orders", CHECKPOINT);
        }

        assertThat(deep.resolve("kit.orders.checkpoint")).isRegularFile();
    }

    @Test
    void shouldNameTheDirectoryThatCannotBeMade() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> new FileCheckpointStore(file).open("kit"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldKeepPipelinesApartThatShareTheDirectory() throws Exception {
        try (FileCheckpointStore one = new FileCheckpointStore(directory);
                FileCheckpointStore two = new FileCheckpointStore(directory)) {
            one.open("one");
            two.open("two");
            one.save("orders", CHECKPOINT);

            assertThat(two.load("orders")).isNull();
            assertThat(two.targets()).isEmpty();
            two.delete("orders");
            assertThat(one.load("orders")).isEqualTo(CHECKPOINT);
        }
    }

    @Test
    void shouldNameNoTargetsOfAPipelineWhoseIdItsOwnBegins() throws Exception {
        try (FileCheckpointStore longer = new FileCheckpointStore(directory);
                FileCheckpointStore store = new FileCheckpointStore(directory)) {
            longer.open("kit-2");
            store.open("kit");
            longer.save("orders", CHECKPOINT);
            store.save("invoices", CHECKPOINT);

            assertThat(store.targets()).containsExactly("invoices");
        }
    }

    @Test
    void shouldDeleteThoughItsThreadWasInterrupted() throws Exception {
        try (FileCheckpointStore store = new FileCheckpointStore(directory)) {
            store.open("kit");
            store.save("orders", CHECKPOINT);
            Thread.currentThread().interrupt();
            store.delete("orders");

            assertThat(Thread.interrupted()).isTrue();
            assertThat(directory.resolve("kit.orders.checkpoint")).doesNotExist();
        }
    }

    @Test
    void shouldBeLockedForTheOperatorWhileThePipelineRuns() throws Exception {
        try (FileCheckpointStore running = new FileCheckpointStore(directory)) {
            running.open("kit");
            running.save("orders", CHECKPOINT);

            assertThatThrownBy(() -> PipelineCheckpoints.open("kit", new FileCheckpointStore(directory)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("runs already");
        }

        try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("kit", new FileCheckpointStore(directory))) {
            assertThat(checkpoints.all()).containsExactly(Map.entry("orders", CHECKPOINT));
        }
    }

    @Test
    void shouldRefuseToWorkUnopened() throws Exception {
        FileCheckpointStore store = new FileCheckpointStore(directory);

        assertThatThrownBy(() -> store.load("orders")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.save("orders", CHECKPOINT)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(store::targets).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.delete("orders")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldSaveThoughItsThreadWasInterrupted() throws Exception {
        try (FileCheckpointStore store = new FileCheckpointStore(directory)) {
            store.open("kit");
            Thread.currentThread().interrupt();
            store.save("orders", CHECKPOINT);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.load("orders")).isEqualTo(CHECKPOINT);
        }
    }

    @Test
    void shouldSaveThoughItsThreadIsInterruptedMeanwhile() throws Exception {
        try (FileCheckpointStore store = new FileCheckpointStore(directory)) {
            store.open("kit");
            Thread saving = Thread.currentThread();
            Thread interrupting = new Thread(() -> {
                for (int i = 0; i < 200; i++) {
                    saving.interrupt();
                    LockSupport.parkNanos(200_000);
                }
            });
            interrupting.start();
            long saved = 0;
            while (interrupting.isAlive()) {
                store.save("orders", new Checkpoint("mysql", "{}", ++saved, null, 1));
            }

            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.load("orders")).isEqualTo(new Checkpoint("mysql", "{}", saved, null, 1));
        }
    }

    @Test
    void shouldTakeSavesOfOneTargetFromSeveralThreads() throws Exception {
        try (FileCheckpointStore store = new FileCheckpointStore(directory)) {
            store.open("kit");
            List<Callable<Void>> saves = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Checkpoint checkpoint = new Checkpoint("mysql", "{\"a\":\"" + "x".repeat(i * 50) + "\"}", i, null, 1);
                saves.add(() -> {
                    store.save("orders", checkpoint);
                    assertThat(store.load("orders")).isNotNull();
                    return null;
                });
            }
            ExecutorService threads = Executors.newFixedThreadPool(4);
            for (Future<Void> save : threads.invokeAll(saves)) {
                save.get();
            }
            threads.shutdown();
        }
    }

    @Nested
    class Damage {

        private FileCheckpointStore store;
        private Path file;

        @BeforeEach
        void save() throws IOException {
            store = new FileCheckpointStore(directory);
            store.open("kit");
            store.save("orders", CHECKPOINT);
            file = directory.resolve("kit.orders.checkpoint");
        }

        @AfterEach
        void close() throws IOException {
            store.close();
        }

        @Test
        void shouldRefuseAFileThatWasCutOffAnywhere() throws Exception {
            byte[] whole = Files.readAllBytes(file);
            for (int length = 0; length < whole.length; length++) {
                Files.write(file, Arrays.copyOf(whole, length));

                assertRefused("cut to " + length + " bytes");
            }
        }

        @Test
        void shouldRefuseAFileWithAnyByteChanged() throws Exception {
            byte[] whole = Files.readAllBytes(file);
            Random random = new Random(1);
            for (int at = 0; at < whole.length; at++) {
                for (int bit = 0; bit < 8; bit++) {
                    write(whole, at, whole[at] ^ 1 << bit);
                    assertRefused("bit " + bit + " of byte " + at + " turned over");
                }
                write(whole, at, whole[at] + 1 + random.nextInt(255));
                assertRefused("byte " + at + " changed");
            }
        }

        @Test
        void shouldRefuseAFileWithSomethingBehindIt() throws Exception {
            byte[] whole = Files.readAllBytes(file);
            byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
            System.arraycopy(whole, 0, twice, whole.length, whole.length);
            Files.write(file, twice);

            assertRefused("written twice");
        }

        @Test
        void shouldRefuseAFileOfZeros() throws Exception {
            Files.write(file, new byte[(int) Files.size(file)]);

            assertRefused("zeros");
        }

        @Test
        void shouldRefuseANewerFormatThanItKnows() throws Exception {
            String body = "{\"format\":2,\"shape\":\"unknown\"}";
            CRC32C crc = new CRC32C();
            crc.update(body.getBytes(StandardCharsets.UTF_8));
            Files.writeString(
                    file,
                    "{\"pipeline\":\"kit\",\"target\":\"orders\",\"checkpoint\":%s,\"crc32c\":\"%08x\"}%n"
                            .formatted(body, crc.getValue()));

            assertThatThrownBy(() -> store.load("orders"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(file.toString(), "format 2", "run the version that wrote it");
        }

        @Test
        void shouldRefuseTheFileOfAnotherTarget() throws Exception {
            Files.move(file, directory.resolve("kit.invoices.checkpoint"));

            assertThatThrownBy(() -> store.load("invoices"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("kit.invoices.checkpoint", "orders", "renamed or copied");
        }

        @Test
        void shouldRefuseTheFileOfAnotherPipeline() throws Exception {
            Files.move(file, directory.resolve("other.orders.checkpoint"));

            try (FileCheckpointStore other = new FileCheckpointStore(directory)) {
                other.open("other");
                assertThatThrownBy(() -> other.load("orders"))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContainingAll("other.orders.checkpoint", "kit");
            }
        }

        @Test
        void shouldNameAndDeleteWhatIsDamaged() throws Exception {
            Files.writeString(file, "{\"pipe");

            assertThat(store.targets()).containsExactly("orders");
            store.delete("orders");

            assertThat(store.targets()).isEmpty();
            assertThat(store.load("orders")).isNull();
        }

        @Test
        void shouldLetAnExportBeImportedOverADamagedFile() throws Exception {
            store.close();
            try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("kit", store)) {
                String export = checkpoints.exportJson();
                Files.writeString(file, "{\"pipe");
                assertThatThrownBy(checkpoints::all).isInstanceOf(CheckpointException.class);

                checkpoints.importJson(export);

                assertThat(checkpoints.all()).containsExactly(Map.entry("orders", CHECKPOINT));
            }
        }

        @Test
        void shouldLetADamagedCheckpointBeResetAlone() throws Exception {
            store.close();
            try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("kit", store)) {
                Files.writeString(file, "{\"pipe");

                checkpoints.reset("orders");

                assertThat(checkpoints.all()).isEmpty();
            }
        }

        @Test
        void shouldNotTakeAFileThatCannotBeReadForNone() throws Exception {
            Files.delete(file);
            Files.createDirectory(file);

            assertThatThrownBy(() -> store.load("orders")).isInstanceOf(IOException.class);
        }

        @Test
        void shouldIgnoreAndRemoveAnUnfinishedSave() throws Exception {
            store.close();
            Path unfinished = directory.resolve("kit.orders.checkpoint.tmp");
            Path ofAnother = directory.resolve("other.orders.checkpoint.tmp");
            Files.writeString(unfinished, "{\"pipeline\":\"k");
            Files.writeString(ofAnother, "{\"pipeline\":\"o");

            store.open("kit");

            assertThat(store.load("orders")).isEqualTo(CHECKPOINT);
            assertThat(unfinished).doesNotExist();
            assertThat(ofAnother).exists();
        }

        private void write(byte[] whole, int at, int value) throws IOException {
            byte[] changed = whole.clone();
            changed[at] = (byte) value;
            Files.write(file, changed);
        }

        private void assertRefused(String how) {
            assertThatThrownBy(() -> store.load("orders"))
                    .as(how)
                    .isInstanceOf(CheckpointException.class)
                    .message()
                    .contains(file.toString())
                    .containsAnyOf("Restore it", "Put the right file there");
        }
    }

    @Nested
    class Processes {

        @Test
        void shouldRefuseWhatAnotherProcessHas() throws Exception {
            try (CheckpointProcess other = new CheckpointProcess(directory, 0);
                    FileCheckpointStore store = new FileCheckpointStore(directory)) {
                assertThat(other.line()).isEqualTo("open");

                assertThatThrownBy(() -> store.open("kit"))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("process " + other.pid());
                other.kill();
                store.open("kit");
            }
        }

        @Test
        void shouldStayLockedForOthersAfterASecondStoreOfThisProcessWasRefused() throws Exception {
            FileCheckpointStore second = new FileCheckpointStore(directory);
            try (FileCheckpointStore store = new FileCheckpointStore(directory)) {
                store.open("kit");
                assertThatThrownBy(() -> second.open("kit"))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining(
                                "process " + ProcessHandle.current().pid());
                second.close();

                try (CheckpointProcess other = new CheckpointProcess(directory, 0)) {
                    assertThat(other.line()).isEqualTo("refused");
                }
            }
        }

        @Test
        void shouldStayLockedForOthersAfterAStoreOfAnotherClassLoaderWasRefused() throws Exception {
            try (FileCheckpointStore store = new FileCheckpointStore(directory);
                    URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
                store.open("kit");
                Class<?> type = loader.loadClass(FileCheckpointStore.class.getName());
                Object second = type.getConstructor(Path.class).newInstance(directory);

                assertThatThrownBy(() -> type.getMethod("open", String.class).invoke(second, "kit"))
                        .rootCause()
                        .hasMessageContaining("pipeline kit runs already");

                try (CheckpointProcess other = new CheckpointProcess(directory, 0)) {
                    assertThat(other.line()).isEqualTo("refused");
                }
            }
        }

        private URL[] classPath() throws IOException {
            String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
            URL[] urls = new URL[entries.length];
            for (int i = 0; i < entries.length; i++) {
                urls[i] = Path.of(entries[i]).toUri().toURL();
            }
            return urls;
        }

        @Test
        void shouldNeverLoseASaveThatReturnedWhenTheProcessIsKilled() throws Exception {
            killWhileItSaves(6);
        }

        @Test
        @Tag("long")
        void shouldNeverLoseASaveThatReturnedHoweverOftenTheProcessIsKilled() throws Exception {
            killWhileItSaves(100);
        }

        private void killWhileItSaves(int rounds) throws Exception {
            Random random = new Random();
            long last = 0;
            for (int round = 0; round < rounds; round++) {
                try (CheckpointProcess process = new CheckpointProcess(directory, last + 1)) {
                    assertThat(process.line()).isEqualTo("open");
                    for (int lines = 1 + random.nextInt(40); lines > 0; lines--) {
                        last = Long.parseLong(process.line());
                    }
                    process.kill();
                    for (String line = process.line(); line != null; line = process.line()) {
                        last = Long.parseLong(line);
                    }
                }

                try (FileCheckpointStore store = new FileCheckpointStore(directory)) {
                    store.open("kit");
                    Checkpoint found = store.load("orders");

                    assertThat(found).isNotNull();
                    assertThat(found.transaction()).isBetween(last, last + 1);
                    assertThat(found).isEqualTo(CheckpointProcess.checkpoint(found.transaction()));
                    last = found.transaction();
                }
            }
        }
    }
}
