// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.format.CanalJson;
import io.millrace.core.format.DebeziumJson;
import io.millrace.core.format.Format;
import io.millrace.core.format.MaxwellJson;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.PlainRow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of formats in files. */
final class Formats {

    private static final Map<String, Class<? extends Format>> NAMED = Map.of(
            "native", NativeJson.class,
            "debezium", DebeziumJson.class,
            "maxwell", MaxwellJson.class,
            "canal", CanalJson.class,
            "plain", PlainRow.class);

    private Formats() {}

    /** {@return the class of the format; null if none has the name} */
    static @Nullable Class<? extends Format> named(String name) {
        return NAMED.entrySet().stream()
                .filter(entry -> Spelling.same(entry.getKey(), name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** {@return the name of the format; its own text if it has none} */
    static String nameOf(Format format) {
        return NAMED.entrySet().stream()
                .filter(entry -> entry.getValue() == format.getClass())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(format.toString());
    }

    static List<String> names() {
        return NAMED.keySet().stream().sorted().toList();
    }
}
