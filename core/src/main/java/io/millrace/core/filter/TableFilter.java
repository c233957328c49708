// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import io.millrace.core.TableId;
import java.util.ArrayList;
import java.util.List;

public final class TableFilter {
    record R(boolean inc, String d, String t) {}

    private final List<R> rules;

    private TableFilter(List<R> r) {
        rules = r;
    }

    public static TableFilter includeAll() {
        return new TableFilter(List.of());
    }

    public static Builder builder() {
        return new Builder();
    }

    public boolean includes(TableId table) {
        boolean r = true;
        for (R x : rules)
            if ((x.d.equals("*") || x.d.equals(table.database())) && (x.t.equals("*") || x.t.equals(table.name())))
                r = x.inc;
        return r;
    }

    public static final class Builder {
        private final List<R> rules = new ArrayList<>();

        public Builder include(String d, String t) {
            rules.add(new R(true, d, t));
            return this;
        }

        public Builder exclude(String d, String t) {
            rules.add(new R(false, d, t));
            return this;
        }

        public TableFilter build() {
            return new TableFilter(List.copyOf(rules));
        }
    }
}
