// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.List;

/** Options that cannot work, or a server that is not set up for capture: all findings at once. */
public final class InvalidOptionsException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final List<Finding> findings;

    /**
     * @param subject what was checked, such as {@code MySqlOptions}
     * @param findings at least one
     */
    public InvalidOptionsException(String subject, List<Finding> findings) {
        super(message(subject, findings), null);
        this.findings = List.copyOf(findings);
    }

    public List<Finding> findings() {
        return findings;
    }

    private static String message(String subject, List<Finding> findings) {
        StringBuilder text = new StringBuilder(subject);
        text.append(findings.size() == 1 ? ": " : ": " + findings.size() + " findings");
        for (Finding finding : findings) {
            text.append(findings.size() == 1 ? "" : "\n  - ").append(finding);
        }
        return text.toString();
    }
}
