// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files below {@code broken}: beside each is what is said of it, word by word. */
class BrokenFilesTest {

    private static final Path BROKEN = Path.of("src/test/resources/io/millrace/pipeline/broken");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(BROKEN)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldSayAllThatIsWrongAndWhere(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        String expected = Files.readString(BROKEN.resolve(name.replace(".yaml", ".txt")));

        InvalidPipelineException exception = catchThrowableOfType(
                InvalidPipelineException.class,
                () -> PipelineFile.reader()
                        .environment(Map.of("SECRET", "hunter22"))
                        .parse(Files.readString(file), name));

        assertThat(exception).isNotNull();
        assertThat(exception.getMessage().lines())
                .containsExactlyElementsOf(expected.lines().toList());
        assertThat(exception.getMessage()).doesNotContain("hunter22", "hidden");
    }
}
