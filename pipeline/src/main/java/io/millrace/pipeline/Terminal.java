// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines at the end of a terminal that are rewritten in place; what is logged meanwhile goes above them. Thread-safe. */
final class Terminal {

    /** Up one line, and erase it. */
    private static final String ERASE = "\u001b[1A\u001b[2K";

    private static final int WIDTH = 79;

    private final PrintStream out;
    private final int width;
    private int drawn;

    Terminal(PrintStream out, int width) {
        this.out = out;
        this.width = width;
    }

    /** {@return the terminal that standard output is; null if it is none} */
    static @Nullable Terminal find(PrintStream out, @Nullable String term, @Nullable String columns) {
        if (System.console() == null || !consoleIsTerminal() || term == null || term.equals("dumb")) {
            return null;
        }
        boolean isWidth = columns != null && columns.matches("[1-9]\\d{1,3}");
        return new Terminal(out, isWidth ? Integer.parseInt(columns) - 1 : WIDTH);
    }

    /** Since Java 22 there is a console without a terminal, and a method that tells. */
    private static boolean consoleIsTerminal() {
        try {
            Object answer = java.io.Console.class.getMethod("isTerminal").invoke(System.console());
            return Boolean.TRUE.equals(answer);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    synchronized void draw(List<String> lines) {
        erase();
        for (String line : lines) {
            out.println(line.length() > width ? line.substring(0, width) : line);
        }
        out.flush();
        drawn = lines.size();
    }

    private void erase() {
        out.print(ERASE.repeat(drawn));
        drawn = 0;
    }

    /** {@return a stream that writes to {@code log} where the lines were, which come back when they are drawn next} */
    PrintStream above(PrintStream log) {
        OutputStream lines = new OutputStream() {
            @Override
            public void write(int value) {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                synchronized (Terminal.this) {
                    erase();
                    out.flush();
                    log.write(bytes, offset, length);
                    log.flush();
                }
            }
        };
        return new PrintStream(lines, true, StandardCharsets.UTF_8);
    }
}
