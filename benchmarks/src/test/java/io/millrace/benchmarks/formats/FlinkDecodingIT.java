// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Change;
import io.millrace.core.format.CanalJson;
import io.millrace.core.format.DebeziumJson;
import io.millrace.core.format.DebeziumJson.DecimalHandling;
import io.millrace.core.format.Format;
import io.millrace.core.format.MaxwellJson;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.common.TimestampFormat;
import org.apache.flink.formats.json.canal.CanalJsonDeserializationSchema;
import org.apache.flink.formats.json.debezium.DebeziumJsonDeserializationSchema;
import org.apache.flink.formats.json.maxwell.MaxwellJsonDeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Rows of a real server through each format and Apache Flink's decoder of it ({@code debezium-json}, {@code maxwell-json},
 * {@code canal-json}): each value is what the server itself says.
 */
@Timeout(120)
@ExtendWith(MySqlExtension.class)
class FlinkDecodingIT {

    private static final DataType BYTES = DataTypes.BYTES();
    private static final DataType INT = DataTypes.INT();
    private static final DataType BIGINT = DataTypes.BIGINT();
    private static final DataType STRING = DataTypes.STRING();
    private static final DataType TIMESTAMP = DataTypes.TIMESTAMP(6);

    /**
     * One column as a table of Flink declares it.
     *
     * @param sql what the server says of it
     */
    private record Field(String name, DataType type, String sql) {}

    private static Field field(String name, DataType type) {
        return new Field(name, type, name);
    }

    private static Field field(String name, DataType type, String sql) {
        return new Field(name, type, sql.replace("%s", name));
    }

    /** Those that all formats show alike. */
    private static List<Field> plainFields() {
        List<Field> fields = new ArrayList<>();
        for (String name : List.of("id", "ti", "tiu", "si", "siu", "mi", "miu", "i")) {
            fields.add(field(name, INT));
        }
        fields.add(field("iu", BIGINT));
        fields.add(field("bi", BIGINT));
        fields.add(field("d", DataTypes.DECIMAL(12, 3)));
        fields.add(field("dd", DataTypes.DECIMAL(38, 30)));
        fields.add(field("f", DataTypes.FLOAT(), "f * 1e0"));
        fields.add(field("db", DataTypes.DOUBLE()));
        for (String name : List.of("c", "vc", "tt", "tx", "mt", "lt")) {
            fields.add(field(name, STRING));
        }
        return fields;
    }

    private static final String MICROS = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', %s)";
    private static final String UNIX_MICROS = "CAST(UNIX_TIMESTAMP(%s) * 1000000 AS SIGNED)";
    private static final String TIME_MICROS = "TIME_TO_SEC(%s) * 1000000 + MICROSECOND(%s)";
    private static final String LITTLE_ENDIAN = "IF(%s IS NULL, NULL, HEX(CHAR(%s & 255, %s >> 8)))";
    private static final List<String> BINARIES = List.of("bn", "vb", "tb", "bl", "mb", "lb");

    @Test
    void shouldReadDebeziumJson(MySqlServer server) throws Exception {
        List<Field> fields = plainFields();
        fields.add(field("biu", BIGINT, "CAST(%s AS SIGNED)"));
        fields.add(field("b1", DataTypes.BOOLEAN(), "%s + 0"));
        fields.add(field("b9", BYTES, LITTLE_ENDIAN));
        BINARIES.forEach(name -> fields.add(field(name, BYTES, "HEX(%s)")));
        fields.add(field("en", STRING));
        fields.add(field("st", STRING));
        fields.add(field("dt", INT, "DATEDIFF(%s, '1970-01-01')"));
        fields.add(field("dtn", INT, "DATEDIFF(%s, '1970-01-01')"));
        List.of("tm", "tm3", "tm6").forEach(name -> fields.add(field(name, BIGINT, TIME_MICROS)));
        List.of("dtm", "dtm3").forEach(name -> fields.add(field(name, BIGINT, "FLOOR(" + MICROS + " / 1000)")));
        List.of("dtm4", "dtm6").forEach(name -> fields.add(field(name, BIGINT, MICROS)));
        for (String name : List.of("ts", "ts3", "ts6", "tsn")) {
            fields.add(field(name, DataTypes.TIMESTAMP_LTZ(6), UNIX_MICROS));
        }
        fields.add(field("y", INT, "%s + 0"));
        fields.add(field("j", STRING));
        DataType geometry = DataTypes.ROW(DataTypes.FIELD("wkb", BYTES));
        for (String name : List.of("g", "p", "pn", "ls")) {
            fields.add(field(name, geometry, "HEX(ST_AsWKB(%s, 'axis-order=long-lat'))"));
        }
        DebeziumJson.Builder format = DebeziumJson.builder("shop").decimalHandling(DecimalHandling.STRING);

        expectRows(server, format.build(), debezium(fields, true), fields);
        expectRows(server, format.valueSchema(false).build(), debezium(fields, false), fields);
    }

    @Test
    void shouldReadMaxwellJson(MySqlServer server) throws Exception {
        List<Field> fields = plainFields();
        fields.add(field("biu", DataTypes.DECIMAL(20, 0)));
        fields.add(field("b1", INT, "%s + 0"));
        fields.add(field("b9", INT, "%s + 0"));
        fields.add(field("b64", DataTypes.DECIMAL(20, 0), "%s + 0"));
        BINARIES.forEach(name -> fields.add(field(name, BYTES, "HEX(%s)")));
        fields.add(field("en", STRING));
        fields.add(field("st", DataTypes.ARRAY(STRING)));
        addTimes(fields);
        fields.add(field("y", INT, "%s + 0"));
        for (String name : List.of("g", "p", "pn", "ls")) {
            fields.add(field(
                    name, STRING, "REPLACE(REPLACE(ST_AsText(%s, 'axis-order=long-lat'), '(', ' ('), ',', ', ')"));
        }

        expectRows(server, MaxwellJson.builder().build(), maxwell(fields), fields);
    }

    @Test
    void shouldReadCanalJson(MySqlServer server) throws Exception {
        List<Field> fields = plainFields();
        fields.add(field("biu", DataTypes.DECIMAL(20, 0)));
        fields.add(field("b1", INT, "%s + 0"));
        fields.add(field("b9", INT, "%s + 0"));
        fields.add(field("b64", DataTypes.DECIMAL(20, 0), "%s + 0"));
        BINARIES.forEach(name ->
                fields.add(field(name, STRING, "CONVERT(CAST(%s AS CHAR CHARACTER SET latin1) USING utf8mb4)")));
        fields.add(field("en", INT, "%s + 0"));
        fields.add(field("st", INT, "%s + 0"));
        addTimes(fields);
        fields.add(field("y", STRING, "CAST(%s AS CHAR)"));
        fields.add(field("j", STRING));

        expectRows(server, CanalJson.builder().build(), canal(fields), fields);
    }

    /** Those of formats that show times as the server does. */
    private static void addTimes(List<Field> fields) {
        fields.add(field("dt", DataTypes.DATE(), "DATEDIFF(%s, '1970-01-01')"));
        fields.add(field("dtn", DataTypes.DATE(), "DATEDIFF(%s, '1970-01-01')"));
        fields.add(field("tm", DataTypes.TIME(), "TIME_TO_SEC(%s) * 1000"));
        // Of a TIME, Flink's formats take the seconds without their fraction.
        List.of("tm3", "tm6").forEach(name -> fields.add(field(name, STRING, "CAST(%s AS CHAR)")));
        List.of("dtm", "dtm3", "dtm4", "dtm6").forEach(name -> fields.add(field(name, TIMESTAMP, MICROS)));
        List.of("ts", "ts3", "ts6", "tsn").forEach(name -> fields.add(field(name, TIMESTAMP, UNIX_MICROS)));
    }

    @Test
    void shouldTellWhatBecameOfRows(MySqlServer server) throws Exception {
        List<Field> fields =
                List.of(field("id", INT), field("vc", STRING), field("d", DataTypes.DECIMAL(12, 3)), field("i", INT));
        String database = server.createDatabase();
        AllTypes.create(server, database);
        String gtids = server.executedGtids();
        AllTypes.change(server, database);
        List<Change> changes = Captured.since(gtids, server, database);

        Format debezium = DebeziumJson.builder("shop")
                .decimalHandling(DecimalHandling.STRING)
                .build();
        List<String> told = rows(changes, debezium, debezium(fields, true), fields);

        assertThat(told)
                .containsExactly(
                        "+I [1, héllo 😀 \"q\", 123456789.123, -2147483648]",
                        "+I [2, null, -0.001, 7]",
                        "-U [1, héllo 😀 \"q\", 123456789.123, -2147483648]",
                        "+U [1, new, null, -2147483648]",
                        "-U [2, null, -0.001, 7]",
                        "+U [20, null, -0.001, 7]",
                        "-D [1, new, null, -2147483648]");
        assertThat(rows(changes, MaxwellJson.builder().build(), maxwell(fields), fields))
                .isEqualTo(told);
        assertThat(rows(changes, CanalJson.builder().build(), canal(fields), fields))
                .isEqualTo(told);
    }

    private static List<String> rows(
            List<Change> changes, Format format, DeserializationSchema<RowData> decoder, List<Field> fields)
            throws Exception {
        List<String> rows = new ArrayList<>();
        for (Change change : changes) {
            for (RowData row : decode(decoder, Captured.value(format, change))) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = 0; i < fields.size(); i++) {
                    values.add(value(row, fields, i));
                }
                rows.add(row.getRowKind().shortString() + " " + values);
            }
        }
        return rows;
    }

    private static void expectRows(
            MySqlServer server, Format format, DeserializationSchema<RowData> decoder, List<Field> fields)
            throws Exception {
        String database = server.createDatabase();
        AllTypes.create(server, database);
        String gtids = server.executedGtids();
        AllTypes.fill(server, database);
        String select = fields.stream().map(Field::sql).collect(Collectors.joining(", "));
        List<List<@Nullable String>> expected =
                server.query("SELECT " + select + " FROM " + database + ".all_types ORDER BY id");

        List<Change> changes = Captured.since(gtids, server, database);

        assertThat(changes).hasSize(expected.size());
        for (int row = 0; row < expected.size(); row++) {
            List<RowData> decoded = decode(decoder, Captured.value(format, changes.get(row)));
            assertThat(decoded).hasSize(1);
            assertThat(decoded.get(0).getRowKind()).isEqualTo(RowKind.INSERT);
            for (int i = 0; i < fields.size(); i++) {
                String truth = expected.get(row).get(i);
                Object value = value(decoded.get(0), fields, i);
                assertThat(isSame(value, truth))
                        .as("row %d, %s: %s, the server has %s", row, fields.get(i), value, truth)
                        .isTrue();
            }
        }
    }

    private static @Nullable Object value(RowData row, List<Field> fields, int index) {
        return RowData.createFieldGetter(fields.get(index).type().getLogicalType(), index)
                .getFieldOrNull(row);
    }

    private static boolean isSame(@Nullable Object value, @Nullable String truth) {
        if (value == null || truth == null) {
            return value == null && truth == null;
        } else if (value instanceof StringData || value instanceof ArrayData) {
            return text(value).equals(truth);
        } else if (value instanceof byte[] bytes) {
            return HexFormat.of().withUpperCase().formatHex(bytes).equals(truth);
        } else if (value instanceof Boolean bool) {
            return truth.equals(bool ? "1" : "0");
        } else if (value instanceof Float number) {
            return number == Float.parseFloat(truth);
        } else if (value instanceof Double number) {
            return number == Double.parseDouble(truth);
        } else if (value instanceof DecimalData number) {
            return number.toBigDecimal().compareTo(new BigDecimal(truth)) == 0;
        } else if (value instanceof TimestampData time) {
            return time.getMillisecond() * 1_000 + time.getNanoOfMillisecond() / 1_000
                    == new BigDecimal(truth).longValueExact();
        } else if (value instanceof RowData geometry) {
            return isSame(geometry.getBinary(0), truth);
        }
        return new BigDecimal(value.toString()).compareTo(new BigDecimal(truth)) == 0;
    }

    private static String text(Object value) {
        if (value instanceof ArrayData array) {
            List<String> members = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                members.add(array.getString(i).toString());
            }
            return String.join(",", members);
        }
        return value.toString();
    }

    private static DataType rowType(List<Field> fields) {
        return DataTypes.ROW(fields.stream()
                .map(field -> DataTypes.FIELD(field.name(), field.type()))
                .toArray(DataTypes.Field[]::new));
    }

    private static DeserializationSchema<RowData> debezium(List<Field> fields, boolean withSchema) {
        return new DebeziumJsonDeserializationSchema(
                rowType(fields), List.of(), type(), withSchema, false, TimestampFormat.ISO_8601);
    }

    private static DeserializationSchema<RowData> maxwell(List<Field> fields) {
        return new MaxwellJsonDeserializationSchema(rowType(fields), List.of(), type(), false, TimestampFormat.SQL);
    }

    private static DeserializationSchema<RowData> canal(List<Field> fields) {
        return CanalJsonDeserializationSchema.builder(rowType(fields), List.of(), type())
                .setTimestampFormat(TimestampFormat.SQL)
                .build();
    }

    private static TypeInformation<RowData> type() {
        return TypeInformation.of(RowData.class);
    }

    private static List<RowData> decode(DeserializationSchema<RowData> decoder, byte[] message) throws Exception {
        List<RowData> rows = new ArrayList<>();
        decoder.open(new Context());
        decoder.deserialize(message, new Collector<>() {
            @Override
            public void collect(RowData row) {
                rows.add(Objects.requireNonNull(row, () -> new String(message, StandardCharsets.UTF_8)));
            }

            @Override
            public void close() {}
        });
        return rows;
    }

    private static final class Context implements DeserializationSchema.InitializationContext {

        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(FlinkDecodingIT.class.getClassLoader());
        }
    }
}
