// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.MillraceException;
import java.util.List;
import java.util.stream.Collectors;

/** A file that describes no pipelines that could run: all findings at once, in the file's order. */
public final class InvalidPipelineException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final List<PipelineFinding> findings;

    /**
     * @param file what was read
     * @param findings at least one
     */
    InvalidPipelineException(String file, List<PipelineFinding> findings) {
        super(
                findings.stream()
                        .map(finding -> file + ":" + finding)
                        .collect(Collectors.joining(System.lineSeparator())),
                null);
        this.findings = List.copyOf(findings);
    }

    public List<PipelineFinding> findings() {
        return findings;
    }
}
