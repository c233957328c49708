// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.util.Locale;

/** Which row: the writers keep ids unique in all tables, those without a key too. */
record RowKey(TortureTable table, long id) {

    /** {@return the first column of the key of {@link TortureTable#PARTS}; all tables have it} */
    String region() {
        return String.valueOf((char) ('a' + id % 7)) + (char) ('a' + id % 3);
    }

    @Override
    public String toString() {
        return table.name().toLowerCase(Locale.ROOT) + " " + id;
    }
}
