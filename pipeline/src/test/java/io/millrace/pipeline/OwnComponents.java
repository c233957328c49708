// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.component.Collector;
import io.millrace.core.component.CollectorProvider;
import io.millrace.core.component.DispatcherProvider;
import io.millrace.core.component.Settings;
import io.millrace.core.component.TransformerProvider;
import io.millrace.core.transform.Transform;
import io.millrace.testkit.ScriptedSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A source, a transform and a target of a user, named in files like those of the library. */
public final class OwnComponents {

    static final Map<String, ScriptedSource> LOGS = new ConcurrentHashMap<>();
    static final Map<String, List<Record>> LISTS = new ConcurrentHashMap<>();

    private OwnComponents() {}

    /** Captures from one of {@link #LOGS}. */
    public static final class Scripted implements CollectorProvider {

        @Override
        public List<String> types() {
            return List.of("Scripted");
        }

        @Override
        public Collector collector(Settings settings, PipelineOptions pipeline) {
            String log = settings.get("log", String.class, "none");
            return targets -> Objects.requireNonNull(LOGS.get(log)).processor(pipeline, targets);
        }
    }

    /** What the transform is made of. */
    public static final class SuffixOptions {

        private final String column;
        private final String suffix;

        private SuffixOptions(String column, String suffix) {
            this.column = column;
            this.suffix = suffix;
        }

        /** Bound by its methods' names. */
        public static final class Builder {

            private String column = "";
            private String suffix = "";

            private Builder() {}

            public Builder textColumn(String value) {
                column = value;
                return this;
            }

            public Builder every(Duration value) {
                suffix = " every " + value;
                return this;
            }

            public SuffixOptions build() {
                return new SuffixOptions(column, suffix);
            }
        }
    }

    /** Adds to a column. */
    public static final class Suffixes implements TransformerProvider {

        @Override
        public List<String> types() {
            return List.of("Suffix");
        }

        @Override
        public Transform transformer(Settings settings) {
            SuffixOptions options = settings.bind(new SuffixOptions.Builder()).build();
            return Transform.rows(row -> row.with(options.column, row.get(options.column) + options.suffix));
        }
    }

    /** Delivers to one of {@link #LISTS}. */
    public static final class Lists implements DispatcherProvider {

        @Override
        public List<String> types() {
            return List.of("List");
        }

        @Override
        public Target dispatcher(Settings settings, TargetOptions target) {
            String list = settings.get("list", String.class, "none");
            return new Target(target) {
                @Override
                protected void save(List<Record> records) {
                    LISTS.computeIfAbsent(list, name -> new CopyOnWriteArrayList<>())
                            .addAll(records);
                }
            };
        }
    }
}
