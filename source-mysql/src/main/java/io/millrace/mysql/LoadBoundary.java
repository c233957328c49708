// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.TableId;
import io.millrace.core.source.Boundary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place between rows of a table that are loaded.
 *
 * @param table the table; null if all have been loaded
 * @param rows how many of its rows have been loaded
 * @param after see {@link MySqlPosition.Loading}
 */
record LoadBoundary(@Nullable TableId table, long rows, List<String> after) implements Boundary {

    LoadBoundary {
        after = List.copyOf(after);
    }
}
