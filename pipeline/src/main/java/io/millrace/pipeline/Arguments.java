// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the all-in-one is asked to do.
 *
 * @param act what to do
 * @param file the pipelines; null where they are not needed
 * @param checkpoints where checkpoints are kept that the file has no place for; null for the usual place
 * @param failFast whether all pipelines stop when one fails
 */
record Arguments(Act act, @Nullable Path file, @Nullable Path checkpoints, boolean failFast) {

    static final String USAGE = """
            usage: java -jar millrace-pipeline-all.jar [options] pipeline.yaml

              --check            say what is wrong with the file, and run nothing
              --print-config     show the effective settings, without secrets, and run nothing
              --checkpoints DIR  where checkpoints are kept that the file has no place for (checkpoints)
              --fail-fast        stop all pipelines when one fails; else the others go on
              --help             show this
              --version          show the version

            exit codes: 0 stopped, or the file is valid; 1 a pipeline failed; 2 wrong arguments or file;
            3 the log that a pipeline needs is gone; 4 another instance has taken over
            """;

    /** What to do. */
    enum Act {
        RUN,
        CHECK,
        PRINT_CONFIG,
        HELP,
        VERSION
    }

    /** Arguments that make no sense; the message says why. */
    static final class UsageException extends Exception {

        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static Arguments parse(List<String> words) throws UsageException {
        Act act = Act.RUN;
        Path file = null;
        Path checkpoints = null;
        boolean failFast = false;
        Deque<String> rest = new ArrayDeque<>(words);
        while (!rest.isEmpty()) {
            String word = rest.remove();
            switch (word) {
                case "--help", "-h" -> act = Act.HELP;
                case "--version" -> act = Act.VERSION;
                case "--check" -> act = Act.CHECK;
                case "--print-config" -> act = Act.PRINT_CONFIG;
                case "--fail-fast" -> failFast = true;
                case "--checkpoints" -> {
                    if (rest.isEmpty() || rest.peek().startsWith("-")) {
                        throw new UsageException("--checkpoints needs a directory");
                    }
                    checkpoints = Path.of(rest.remove());
                }
                default -> {
                    if (word.startsWith("-")) {
                        throw new UsageException("there is no option " + word);
                    } else if (file != null) {
                        throw new UsageException("there must be one file, not also " + word);
                    }
                    file = Path.of(word);
                }
            }
        }
        if (file == null && act != Act.HELP && act != Act.VERSION) {
            throw new UsageException("the file is missing");
        }
        return new Arguments(act, file, checkpoints, failFast);
    }
}
