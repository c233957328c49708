// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.io.Serializable;
import java.util.Objects;

/**
 * One thing that a check found wrong. Immutable.
 *
 * @param setting the option, server variable or privilege
 * @param found what it was
 * @param needed what it has to be
 * @param remedy the statement or option that mends it; empty if {@code needed} says it all
 */
public record Finding(String setting, String found, String needed, String remedy) implements Serializable {

    public Finding {
        Objects.requireNonNull(setting, "setting");
        Objects.requireNonNull(found, "found");
        Objects.requireNonNull(needed, "needed");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** {@return one sentence} */
    @Override
    public String toString() {
        return setting + " was " + found + " but it " + needed + (remedy.isEmpty() ? "" : ": " + remedy);
    }
}
