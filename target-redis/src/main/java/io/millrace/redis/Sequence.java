// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Change;
import io.millrace.core.Record;

/** The place of a change in its transaction as one number, by which Redis orders and compares. */
final class Sequence {

    /** A change becomes at most 65,536 records. Lua's numbers are exact below 2^53, which leaves 2^37 changes. */
    private static final int SUB_ORDINAL_BITS = 16;

    private Sequence() {}

    static long of(Change change) {
        long sequence = change.ordinal() << SUB_ORDINAL_BITS;
        return change instanceof Record record ? sequence + record.subOrdinal() : sequence;
    }
}
