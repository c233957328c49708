// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private static final String ERASE = "\u001b[1A\u001b[2K";

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(screen, true, UTF_8);
    private final Terminal terminal = new Terminal(out, 10);

    @Test
    void shouldRewriteItsLinesInPlace() {
        terminal.draw(List.of("one", "two"));
        terminal.draw(List.of("three", "four"));

        assertThat(screen.toString(UTF_8).lines()).containsExactly("one", "two", ERASE + ERASE + "three", "four");
    }

    @Test
    void shouldCutLinesThatWouldTakeTwo() {
        terminal.draw(List.of("0123456789abc"));

        assertThat(screen.toString(UTF_8)).isEqualTo("0123456789" + System.lineSeparator());
    }

    @Test
    void shouldPutTheLogAboveItsLines() {
        PrintStream log = terminal.above(out);

        terminal.draw(List.of("one"));
        log.print("logged\n");
        log.print("again\n");
        terminal.draw(List.of("two"));

        assertThat(screen.toString(UTF_8).lines()).containsExactly("one", ERASE + "logged", "again", "two");
    }
}
