// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeFile() throws Exception {
        file = Files.writeString(folder.resolve("orders.yaml"), """
                collectors:
                  - {id: orders, type: Scripted, destination: list, log: any}
                dispatchers:
                  - {id: list, type: List, list: any}
                """);
        OwnComponents.LOGS.put("any", new io.millrace.testkit.ScriptedSource());
    }

    private int execute(String... arguments) throws InterruptedException {
        return new Main(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
                .execute(List.of(arguments))
                .status();
    }

    @Test
    void shouldCheckAFileWithoutRunningIt() throws Exception {
        assertThat(execute("--check", file.toString())).isZero();

        assertThat(out.toString(UTF_8).strip()).isEqualTo(file + " is valid, pipelines: orders");
        assertThat(folder.resolve("checkpoints")).doesNotExist();
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws Exception {
        Files.writeString(file, "collectors: []\n");

        assertThat(execute("--check", file.toString())).isEqualTo(2);
        assertThat(execute(file.toString())).isEqualTo(2);

        assertThat(err.toString(UTF_8)).contains(file + ":1:1: has no collectors");
    }

    @Test
    void shouldSayWhatIsWrongWithArguments() throws Exception {
        assertThat(execute()).isEqualTo(2);
        assertThat(execute("--chek", file.toString())).isEqualTo(2);
        assertThat(execute("--checkpoints")).isEqualTo(2);
        assertThat(execute(file.toString(), "other.yaml")).isEqualTo(2);
        assertThat(execute("--check", folder.resolve("other.yaml").toString())).isEqualTo(2);

        assertThat(err.toString(UTF_8))
                .contains(
                        "the file is missing",
                        "there is no option --chek",
                        "--checkpoints needs a directory",
                        "there must be one file, not also other.yaml",
                        "there is no file " + folder.resolve("other.yaml"),
                        "exit codes: 0 stopped");
    }

    @Test
    void shouldShowItsManual() throws Exception {
        assertThat(execute("--help")).isZero();
        assertThat(execute("--version")).isZero();

        assertThat(out.toString(UTF_8)).startsWith("usage: ").contains("millrace ");
    }

    @Test
    void shouldShowTheEffectiveSettings() throws Exception {
        assertThat(execute("--print-config", "--checkpoints", "kept", file.toString()))
                .isZero();

        assertThat(out.toString(UTF_8))
                .contains("id: orders", "expect_checkpoint: false", "batch_size: 1000", "linger: '0'", "kept");
    }
}
