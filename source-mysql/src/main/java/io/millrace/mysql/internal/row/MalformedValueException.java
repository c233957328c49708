// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/** The bytes of one value make no sense; {@link RowDecoder} adds whose they are. */
final class MalformedValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedValueException(String problem) {
        super(problem);
    }
}
