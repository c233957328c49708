// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.io.Serializable;
import java.util.Objects;

/**
 * One thing that is wrong with a file. Holds no secrets. Immutable.
 *
 * @param line from 1
 * @param column from 1
 * @param path keys and indexes that lead there, such as {@code collectors[0].port}; empty for the whole file
 * @param problem what is wrong, and what would be right
 */
public record PipelineFinding(int line, int column, String path, String problem) implements Serializable {

    public PipelineFinding {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(problem, "problem");
    }

    /** {@return one line: {@code 12:5: collectors[0].port: must be ...}} */
    @Override
    public String toString() {
        return line + ":" + column + ": " + (path.isEmpty() ? "" : path + ": ") + problem;
    }
}
