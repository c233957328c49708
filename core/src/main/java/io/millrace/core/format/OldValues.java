// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.RowImage;
import java.util.Arrays;

/** Writes what an update has changed, as it was before. Used by one thread at a time. */
final class OldValues {

    private final JsonBuffer oldValue = new JsonBuffer();
    private final JsonBuffer newValue = new JsonBuffer();

    /**
     * Appends an object of the columns whose value is another in the row after; of a column that only one of the two
     * rows tells nothing is said.
     *
     * @param nulls whether columns that were null are in it
     */
    void write(
            RowImage before,
            RowWriter beforeWriter,
            RowImage after,
            RowWriter afterWriter,
            boolean nulls,
            JsonBuffer out) {
        out.raw('{');
        boolean first = true;
        for (int column = 0; column < before.schema().size(); column++) {
            if (before.has(column) && isChanged(before, column, beforeWriter, after, afterWriter)) {
                boolean shown = nulls || !isNull(oldValue);
                if (shown) {
                    beforeWriter.writeName(column, first, out);
                    out.raw(oldValue);
                    first = false;
                }
            }
        }
        out.raw('}');
    }

    /** Leaves the value before in {@link #oldValue}. */
    private boolean isChanged(
            RowImage before, int column, RowWriter beforeWriter, RowImage after, RowWriter afterWriter) {
        oldValue.clear();
        beforeWriter.writeValue(before, column, oldValue);
        int same = before.schema() == after.schema()
                ? column
                : after.schema().indexOf(before.schema().column(column).name());
        if (same < 0 || !after.has(same)) {
            return false;
        }
        newValue.clear();
        afterWriter.writeValue(after, same, newValue);
        return !Arrays.equals(oldValue.array(), 0, oldValue.length(), newValue.array(), 0, newValue.length());
    }

    private static boolean isNull(JsonBuffer value) {
        return value.length() == 4 && value.array()[0] == 'n';
    }
}
