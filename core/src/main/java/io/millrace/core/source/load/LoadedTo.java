// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.TableId;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A place between rows of a table; all tables that come before it in {@link #ORDER} have been read.
 *
 * @param table the table that is being read
 * @param pass stands for one way along the table. Rows come and go between two of them, so that their numbers of
 *     rows do not say which of them has got further
 * @param rows how many rows the pass has read
 * @param key what the table's key was when the row was read, in the source's words: by another key, nothing lies
 *     behind the row. Empty if a table's key cannot change
 * @param after the key of the last row, in the source's words; empty if none has been read, or reading cannot go on
 *     behind a row
 */
public record LoadedTo(TableId table, String pass, long rows, List<String> key, List<String> after) {

    /** In which tables are read: by database and name. */
    public static final Comparator<TableId> ORDER =
            Comparator.comparing(TableId::database).thenComparing(TableId::name);

    public LoadedTo {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(pass, "pass");
        key = List.copyOf(key);
        after = List.copyOf(after);
    }

    /** {@return this place, from which another pass goes on} */
    public LoadedTo inPass(String other) {
        return new LoadedTo(table, other, rows, key, after);
    }

    /** {@return whether this place is known to be at the other one, or behind it} */
    boolean includes(LoadedTo that) {
        int tables = ORDER.compare(table, that.table);
        if (tables != 0) {
            return tables > 0;
        }
        return that.after.isEmpty() || (pass.equals(that.pass) && rows >= that.rows);
    }

    LoadedTo lowest(LoadedTo that) {
        if (includes(that)) {
            return that;
        }
        // Which of two passes has got further cannot be told: the table is read anew.
        return that.includes(this) ? this : new LoadedTo(table, pass, 0, key, List.of());
    }
}
