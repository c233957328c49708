// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

/**
 * What flows from a source to targets: a {@link Record} (a row or document changed) or a
 * {@link Statement} (DDL, or data changed by SQL that the log holds as text). Immutable.
 */
public sealed interface Change permits Record, Statement {

    /** {@return where in the source's log the change stands} */
    SourceInfo source();

    /**
     * {@return the number of the change within its transaction, from 0, counted as the source logged
     * it: a filter or transform does not shift it}
     */
    long ordinal();

    /** {@return bytes of heap that the change keeps from being freed, roughly; it counts against budgets} */
    int sizeBytes();

    /** {@return the change in the native JSON form, one line} */
    String toJson();
}
