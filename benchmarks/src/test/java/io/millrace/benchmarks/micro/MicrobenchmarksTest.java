// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

class MicrobenchmarksTest {

    /** In this JVM and for a moment only: what they measure so means nothing. */
    @Test
    void shouldAllRunAndBeInTheReadme() throws Exception {
        System.setProperty("jmh.ignoreLock", "true");
        Options options = new OptionsBuilder()
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(10))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();

        Collection<RunResult> results = new Runner(options).run();

        String readme = Files.readString(Path.of("README.md"));
        assertThat(results).hasSize(32).allSatisfy(result -> {
            String name = result.getParams().getBenchmark();
            assertThat(readme)
                    .contains("`" + name.substring(getClass().getPackageName().length() + 1) + "`");
        });
    }
}
