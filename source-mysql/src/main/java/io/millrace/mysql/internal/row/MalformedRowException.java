// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/**
 * The body of a table map or rows event does not fit its own layout: it ends early, goes on after
 * its end, or disagrees with the table map. Whoever knows the event's place in the log says so.
 */
public final class MalformedRowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedRowException(String message) {
        super(message);
    }
}
