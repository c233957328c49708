// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

/** A statement has a form that is not interpreted, so what it leaves behind is not known. */
final class NotUnderstoodException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotUnderstoodException(String message) {
        super(message, null, false, false);
    }
}
