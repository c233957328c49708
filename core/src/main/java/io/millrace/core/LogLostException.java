// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/**
 * The log that is needed to go on is gone (purged, rolled over), or the server behind the address is
 * another one. Going on would leave a gap, so the processor stops; trying again does not help.
 */
public class LogLostException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final String missing;

    /** @param missing the transactions, files or token that are gone */
    public LogLostException(String message, String missing, @Nullable Throwable cause) {
        super(message, cause);
        this.missing = missing;
    }

    /** {@return the transactions, files or token that are gone, as the source writes them} */
    public String missing() {
        return missing;
    }
}
