// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.io.IOException;

/** A message of the server is larger than its reader wants to put in memory. */
public final class MessageTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    private final long bytes;

    MessageTooLargeException(long bytes) {
        super("a message of " + bytes + " bytes or more");
        this.bytes = bytes;
    }

    /** {@return bytes that it has at least} */
    public long bytes() {
        return bytes;
    }
}
