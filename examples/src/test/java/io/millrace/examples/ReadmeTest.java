// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README says is what is there. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void shouldShowTheExampleThatCompiles() throws IOException {
        String source = Files.readString(ROOT.resolve("examples/src/main/java/io/millrace/examples/Embedding.java"));
        String region = between(source, "    // tag::embedding[]\n", "    // end::embedding[]");

        assertThat(between(readme(), "```java\n    public static void main", "```"))
                .isEqualTo(region.substring("    public static void main".length()));
    }

    @Test
    void shouldNameTheCommandThatIsChecked() throws IOException {
        String checked = Files.readString(ROOT.resolve(".ci/run"));

        assertThat(readme()).contains("\nmvn verify\n").contains("\nexamples/run quickstart\n");
        assertThat(checked).endsWith("\nmvn verify\n");
    }

    @Test
    void shouldNameTheVersionOfTheBuild() throws IOException {
        String version = between(Files.readString(ROOT.resolve("pom.xml")), "<version>", "</version>");

        assertThat(readme()).contains("<version>" + version + "</version>");
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin);
        assertThat(from).as(begin).isNotNegative();
        int to = text.indexOf(end, from + begin.length());
        return text.substring(from + begin.length(), to);
    }
}
