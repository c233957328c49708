// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.PipelineCheckpoints;
import io.millrace.mysql.MySqlPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator's page on checkpoints shows is what works. */
class CheckpointsPageTest {

    private static final Path PAGE = Path.of("../docs/checkpoints.md");
    private static final Path SOURCE = Path.of("src/test/java/io/millrace/examples/CheckpointsPageTest.java");
    private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    @TempDir
    Path directory;

    @Test
    void shouldActAsThePageSays() throws Exception {
        save("kafka", "search", "cache", "audit");

        act(directory, directory.resolve("orders.json"));

        try (var checkpoints = PipelineCheckpoints.open("orders", new FileCheckpointStore(directory))) {
            assertThat(checkpoints.all().keySet()).containsExactly("cache", "kafka", "search");
            assertThat(checkpoints.all().get("kafka")).isEqualTo(checkpoint(17, 1, Set.of("kafka", "search", "cache")));
            assertThat(checkpoints.all().get("search").position()).isEqualTo("{\"gtids\":\"" + UUID + ":1-90\"}");
            assertThat(checkpoints.all().get("cache").position()).isNull();
        }
        assertThat(directory.resolve("orders.json"))
                .content()
                .contains("\"audit\"")
                .contains(":1-117");
    }

    @Test
    void shouldShowTheCodeThatWorks() throws IOException {
        String source = Files.readString(SOURCE);
        String begin = "        // tag::acts[]\n";
        int from = source.indexOf(begin) + begin.length();
        String region = source.substring(from, source.indexOf("        // end::acts[]\n", from));
        String code = region.lines()
                .map(line -> line.isEmpty() ? line : line.substring(8))
                .collect(Collectors.joining("\n", "```java\n", "\n```"));

        assertThat(Files.readString(PAGE)).contains(code);
    }

    @Test
    void shouldShowAFileAsItIsStored() throws Exception {
        save("kafka", "search");

        assertThat(Files.readString(PAGE)).contains(Files.readString(directory.resolve("orders.kafka.checkpoint")));
    }

    private static void act(Path directory, Path export) throws IOException {
        // tag::acts[]
        try (var checkpoints = PipelineCheckpoints.open("orders", new FileCheckpointStore(directory))) {
            checkpoints.all().forEach((target, checkpoint) -> System.out.println(target + " " + checkpoint));

            Files.writeString(export, checkpoints.exportJson());
            checkpoints.importJson(Files.readString(export));

            checkpoints.rewind("search", MySqlPosition.gtids("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-90"));
            checkpoints.reset("cache");
            checkpoints.retire("audit");
        }
        // end::acts[]
    }

    private void save(String... targets) throws IOException {
        try (var store = new FileCheckpointStore(directory)) {
            store.open("orders");
            for (String target : targets) {
                store.save(target, checkpoint(17, 1, Set.of(targets)));
            }
        }
    }

    private static Checkpoint checkpoint(long transaction, long epoch, Set<String> targets) {
        String position = "{\"gtids\":\"" + UUID + ":1-117\"}";
        return new Checkpoint("mysql", position, transaction, null, epoch, 1, targets);
    }
}
