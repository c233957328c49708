// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static io.millrace.core.format.FormatSamples.json;
import static io.millrace.core.format.FormatSamples.key;
import static io.millrace.core.format.FormatSamples.required;
import static io.millrace.core.format.FormatSamples.row;
import static io.millrace.core.format.FormatSamples.source;
import static io.millrace.core.format.FormatSamples.without;
import static io.millrace.core.format.FormatSamples.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.io.IOException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/formats.md says is so. */
class FormatsPageTest {

    private static final String PAGE = page();
    /** When a sample was written. */
    private static final String[] WRITTEN = {"ts_ms", "ts_us", "ts_ns", "ts"};

    private static final TableSchema ORDERS = new TableSchema(
            new TableId("shop", "orders"),
            List.of(
                    required("id", ColumnType.INT, "int"),
                    required("total", ColumnType.DECIMAL, "decimal(10,2)", 2),
                    required("at", ColumnType.TIMESTAMP, "timestamp")),
            List.of("id"));

    private static String page() {
        try {
            return Files.readString(Path.of("..", "docs", "formats.md"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static RowImage order(String total) {
        return row(ORDERS, Map.of("id", 7, "total", new BigDecimal(total), "at", Instant.ofEpochSecond(1_700_000_000)));
    }

    @Test
    void shouldShowWhatIsWritten() {
        Record update = new Record(
                Record.Kind.UPDATE,
                order("10.00"),
                order("20.50"),
                source("billing", "binlog.000007", 484, FormatSamples.GTID, 1_700_000_000, 1_700_000_000_123_456L),
                0);
        List<Format> formats = List.of(
                NativeJson.INSTANCE,
                DebeziumJson.builder("shop").keySchema(false).valueSchema(false).build(),
                MaxwellJson.builder().build(),
                CanalJson.builder().build(),
                PlainRow.builder().build());
        List<String> samples = new ArrayList<>();
        for (int at = PAGE.indexOf("```json\n"); at >= 0; at = PAGE.indexOf("```json\n", at + 1)) {
            samples.add(PAGE.substring(at + 8, PAGE.indexOf("\n```", at)));
        }

        assertThat(samples).hasSameSizeAs(formats);
        for (int i = 0; i < samples.size(); i++) {
            assertThat(without(write(formats.get(i), update), WRITTEN))
                    .isEqualTo(without(json(samples.get(i)), WRITTEN));
        }
    }

    @Test
    void shouldShowKeys() {
        MaxwellJson array =
                MaxwellJson.builder().keyFormat(MaxwellJson.KeyFormat.ARRAY).build();
        DebeziumJson debezium = DebeziumJson.builder("shop").keySchema(false).build();

        assertThat(PAGE)
                .contains("`" + key(NativeJson.INSTANCE, order("1")) + "`")
                .contains("`" + key(NativeJson.INSTANCE, "shop", "orders") + "`")
                .contains("`" + key(debezium, "shop", "orders") + "`")
                .contains("`" + key(MaxwellJson.builder().build(), order("1")) + "`")
                .contains("`" + key(array, order("1")) + "`");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                DebeziumJson.Builder.class,
                MaxwellJson.Builder.class,
                CanalJson.Builder.class,
                PlainRow.Builder.class
            })
    void shouldNameAllOptions(Class<?> builder) {
        assertThat(Arrays.stream(builder.getMethods())
                        .filter(method -> method.getDeclaringClass() == builder)
                        .map(Method::getName)
                        .filter(name -> !name.equals("build")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(PAGE).contains("`" + name + "`"));
    }
}
