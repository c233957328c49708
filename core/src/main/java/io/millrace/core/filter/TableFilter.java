// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import io.millrace.core.TableId;

public final class TableFilter {
    private TableFilter() {}

    public static TableFilter includeAll() {
        return new TableFilter();
    }

    public boolean includes(TableId table) {
        return true;
    }
}
