// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code docs/pipeline.md} says is so. */
class PipelinePageTest {

    private static final Path PAGE = Path.of("../docs/pipeline.md");
    private static final Pattern KNOWN = Pattern.compile("\\[0](?:\\.pipeline|\\.target)?\\.zzz: .*\\(known: (.*)\\)");
    private static final Set<String> COMMON =
            Set.of("id", "type", "destination", "destinations", "tables", "target", "pipeline");

    @Test
    void shouldShowAFileThatIsValid() throws IOException {
        String page = Files.readString(PAGE);
        String file = page.substring(page.indexOf("```yaml\n") + 8, page.indexOf("```\n", page.indexOf("```yaml\n")));

        PipelineFile pipelines = PipelineFile.reader()
                .environment(Map.of("MYSQL_PASSWORD", "secret"))
                .parse(file, "page");

        assertThat(pipelines.processors())
                .singleElement()
                .satisfies(processor -> assertThat(processor.options().id()).isEqualTo("shop"));
    }

    @ParameterizedTest
    @CsvSource({
        "collectors, MySql, ''",
        "collectors, MongoDb, ''",
        "collectors, BinlogCollector, ''",
        "collectors, MySql, pipeline",
        "transformers, TableFilter, ''",
        "transformers, Columns, ''",
        "transformers, Route, ''",
        "transformers, FieldChangePivot, ''",
        "dispatchers, Kafka, ''",
        "dispatchers, KafkaDispatcher, ''",
        "dispatchers, Redis, ''",
        "dispatchers, RedisDispatcher, ''",
        "dispatchers, Redis, target"
    })
    void shouldListTheKeysOfEachType(String section, String type, String below) throws IOException {
        String settings = below.isEmpty() ? "zzz: 1" : below + ": {zzz: 1}";
        String yaml = "%s: [{id: a, type: %s, destination: a, %s}]".formatted(section, type, settings);
        InvalidPipelineException exception = catchThrowableOfType(
                InvalidPipelineException.class, () -> PipelineFile.reader().parse(yaml, "page"));
        MatchResult known =
                KNOWN.matcher(exception.getMessage()).results().findFirst().orElseThrow();
        String keys = Arrays.stream(known.group(1).split(", "))
                .filter(key -> !COMMON.contains(key) || !below.isEmpty())
                .map(key -> "`" + key + "`")
                .collect(Collectors.joining(", "));
        String kind = section.substring(0, section.length() - 1);
        String named = below.isEmpty() ? "`" + type + "`" : "all: `" + below + "`";

        assertThat(Files.readAllLines(PAGE)).contains("| %s | %s | %s |".formatted(kind, named, keys));
    }

    @ParameterizedTest
    @CsvSource({"File", "Kafka", "Memory", "Redis"})
    void shouldListTheKeysOfCheckpointStores(String type) throws IOException {
        String yaml = "collectors: [{id: a, type: MySql, destination: a, pipeline: {checkpoints: {type: %s, zzz: 1}}}]"
                .formatted(type);
        InvalidPipelineException exception = catchThrowableOfType(
                InvalidPipelineException.class, () -> PipelineFile.reader().parse(yaml, "page"));
        String known = Pattern.compile("checkpoints\\.zzz: .*\\(known: (.*)\\)")
                .matcher(exception.getMessage())
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
        String keys = Arrays.stream(known.split(", "))
                .filter(key -> !key.equals("type"))
                .map(key -> "`" + key + "`")
                .collect(Collectors.joining(", "));

        assertThat(Files.readAllLines(PAGE))
                .contains("| `checkpoints` | `%s` | %s |".formatted(type, keys.isEmpty() ? "none" : keys));
    }

    @Test
    void shouldListTheExitCodes() throws IOException {
        String page = Files.readString(PAGE);

        for (ExitCode code : ExitCode.values()) {
            assertThat(page).contains("\n| " + code.status() + " | ");
            assertThat(Arguments.USAGE).contains(code.status() + " ");
        }
    }
}
