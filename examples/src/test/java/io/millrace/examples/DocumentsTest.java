// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pages below {@code docs} show is code that compiles and runs. */
class DocumentsTest {

    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @CsvSource({
        "mongo.md, MongoToKafka.java, processor",
        "mongo.md, MongoToKafka.java, options",
        "exactly-once.md, JdbcTarget.java, statements",
        "exactly-once.md, JdbcTarget.java, contract",
        "exactly-once.md, ReadYourWrites.java, wait",
        "transforms.md, HoldingHistory.java, pivot"
    })
    void shouldShowTheCodeOfTheExample(String page, String example, String tag) throws IOException {
        String source = Files.readString(ROOT.resolve("examples/src/main/java/io/millrace/examples/" + example));
        int begin = source.indexOf("// tag::" + tag + "[]\n");
        int end = source.lastIndexOf('\n', source.indexOf("// end::" + tag + "[]")) + 1;
        String code = source.substring(source.indexOf('\n', begin) + 1, end);

        assertThat(Files.readString(ROOT.resolve("docs/" + page))).contains("```java\n" + code + "```");
    }

    @ParameterizedTest
    @CsvSource({"exactly-once-jdbc, ExactlyOnceJdbc.java", "read-your-writes, ReadYourWrites.java"})
    void shouldNameCommandsThatAreThere(String name, String example) throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/exactly-once.md"))).contains("`examples/run " + name + "`");
        assertThat(ROOT.resolve("examples/src/main/java/io/millrace/examples/" + example))
                .exists();
    }
}
