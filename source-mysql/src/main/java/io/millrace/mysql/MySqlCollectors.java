// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PipelineOptions;
import io.millrace.core.component.Collector;
import io.millrace.core.component.CollectorProvider;
import io.millrace.core.component.Settings;
import java.util.List;

/**
 * Names this source in files: {@code MySql}, with the keys of {@link MySqlOptions.Builder}, and
 * {@code BinlogCollector}, which begins at the log's end if it is not said where.
 */
public final class MySqlCollectors implements CollectorProvider {

    private static final String AT_THE_END = "BinlogCollector";

    /** For {@link java.util.ServiceLoader}. */
    public MySqlCollectors() {}

    @Override
    public List<String> types() {
        return List.of("MySql", AT_THE_END);
    }

    @Override
    public Collector collector(Settings settings, PipelineOptions pipeline) {
        MySqlOptions.Builder builder = MySqlOptions.builder().pipeline(pipeline);
        if (settings.type().equals(AT_THE_END)) {
            builder.startFrom(StartFrom.latest());
        }
        MySqlOptions options = settings.bind(builder).build();
        return targets -> new MySqlBinlogProcessor(options, targets);
    }
}
