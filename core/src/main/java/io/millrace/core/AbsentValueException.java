// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

/** A column was asked for that the row image does not hold: absent is not null. */
public final class AbsentValueException extends ChangeRejectedException {

    private static final long serialVersionUID = 1L;

    AbsentValueException(TableId table, String column) {
        super(
                null,
                table + "." + column + " is absent: the log does not tell its value (a partial row image)."
                        + " Ask RowImage.has(column) first, or let the source log full row images.",
                null);
    }
}
