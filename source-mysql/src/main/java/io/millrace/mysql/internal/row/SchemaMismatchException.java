// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/** A table map does not fit the schema that is known of its table. Whoever knows the place in the log says so. */
public final class SchemaMismatchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SchemaMismatchException(String message) {
        super(message);
    }
}
