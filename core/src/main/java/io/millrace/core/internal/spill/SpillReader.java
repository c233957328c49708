// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.Change;
import io.millrace.core.source.Boundary;

/** Takes what is read from a {@link Spill}, in its order. */
public interface SpillReader {

    void change(Change change);

    /** @param number of the transaction that ends, or after which the log was read on */
    void boundary(Boundary boundary, long number);
}
