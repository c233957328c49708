// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/**
 * The log holds something that is not understood or is damaged. Nothing after it was delivered;
 * skipping it is the user's explicit decision.
 */
public class UnreadableEventException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final String where;

    /** @param where the event's place in the log, such as {@code binlog.000003:1242} */
    public UnreadableEventException(String message, String where, @Nullable Throwable cause) {
        super(message + " at " + where, cause);
        this.where = where;
    }

    /** {@return the event's place in the log} */
    public String where() {
        return where;
    }
}
