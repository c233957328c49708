// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.ArrayList;
import java.util.List;

/** Collects what a check finds wrong, so that a user sees all of it at once. Not thread-safe. */
public final class Findings {

    private final List<Finding> all = new ArrayList<>();

    public void add(Finding finding) {
        all.add(finding);
    }

    /** Adds a finding; the parameters are those of {@link Finding}. */
    public void add(String setting, String found, String needed, String remedy) {
        add(new Finding(setting, found, needed, remedy));
    }

    /** Adds a finding if {@code holds} is false. */
    public void require(boolean holds, String setting, Object found, String needed) {
        if (!holds) {
            add(setting, "'" + found + "'", needed, "");
        }
    }

    public List<Finding> all() {
        return List.copyOf(all);
    }

    /** @throws InvalidOptionsException with all findings, if there are any */
    public void throwIfAny(String subject) {
        if (!all.isEmpty()) {
            throw new InvalidOptionsException(subject, all);
        }
    }
}
