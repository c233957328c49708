// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.component.Settings;
import io.millrace.core.component.TransformerProvider;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.transform.Columns;
import io.millrace.core.transform.FieldChangePivot;
import io.millrace.core.transform.Route;
import io.millrace.core.transform.TablesOnly;
import io.millrace.core.transform.Transform;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Names core's transforms in files: {@code TableFilter} and {@code BinlogFilter} with {@code rules},
 * {@code EventReplicator}, which only leads on, {@code Columns} and {@code Route} with the names of their
 * static methods, and {@code FieldChangePivot} with the keys of its builder.
 */
public final class BuiltInTransformers implements TransformerProvider {

    /** Changes nothing: a component that is there for its destinations. */
    static final Transform NOTHING = (record, out) -> out.accept(record);

    /** For {@link java.util.ServiceLoader}. */
    public BuiltInTransformers() {}

    @Override
    public List<String> types() {
        return List.of("TableFilter", "BinlogFilter", "EventReplicator", "Columns", "Route", "FieldChangePivot");
    }

    @Override
    public Transform transformer(Settings settings) {
        return switch (settings.type()) {
            case "EventReplicator" -> NOTHING;
            case "Columns" -> columns(settings);
            case "Route" -> route(settings);
            case "FieldChangePivot" -> settings.bind(FieldChangePivot.builder()).build();
            default -> filter(settings);
        };
    }

    private static Transform filter(Settings settings) {
        TableFilter rules = settings.get("rules", TableFilter.class);
        if (rules == null) {
            settings.refuse("rules", "is required: a list of rules such as {include: {database: shop}}");
        }
        return new TablesOnly(rules == null ? TableFilter.includeAll() : rules);
    }

    private static Transform columns(Settings settings) {
        boolean wherePresent = settings.get("where_present", Boolean.class, false);
        return inOrder(
                settings,
                settings.make(Columns.class, Columns.class).stream()
                        .map(step -> wherePresent ? step.wherePresent() : step)
                        .toList());
    }

    private static Transform route(Settings settings) {
        boolean oneToOne = settings.get("one_to_one", Boolean.class, false);
        return inOrder(
                settings,
                settings.make(Route.class, Route.class).stream()
                        .map(step -> oneToOne ? step.oneToOne() : step)
                        .toList());
    }

    private static Transform inOrder(Settings settings, List<? extends Transform> steps) {
        if (steps.isEmpty()) {
            settings.refuse(settings.type().equals("Route") ? "matching" : "mask", "or another step is required");
            return NOTHING;
        }
        return steps.size() == 1 ? steps.get(0) : new Steps(steps);
    }

    /** Steps that one component takes, one after the other. Each of them makes one record of one. */
    private record Steps(List<? extends Transform> steps) implements Transform {

        @Override
        public void apply(Record record, Consumer<Record> out) {
            apply(record, 0, out);
        }

        private void apply(Record record, int step, Consumer<Record> out) {
            if (step == steps.size()) {
                out.accept(record);
            } else {
                steps.get(step).apply(record, next -> apply(next, step + 1, out));
            }
        }

        @Override
        public @Nullable Statement apply(Statement statement) {
            Statement edited = statement;
            for (Transform step : steps) {
                edited = edited == null ? null : step.apply(edited);
            }
            return edited;
        }

        @Override
        public String toString() {
            return steps.toString();
        }
    }
}
