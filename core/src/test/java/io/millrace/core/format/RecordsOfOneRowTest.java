// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static io.millrace.core.format.FormatSamples.json;
import static io.millrace.core.format.FormatSamples.required;
import static io.millrace.core.format.FormatSamples.row;
import static io.millrace.core.format.FormatSamples.source;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How consumers tell records apart that a transform has made of one row. */
class RecordsOfOneRowTest {

    private static final TableSchema ITEMS =
            new TableSchema(new TableId("shop", "items"), List.of(required("id", ColumnType.INT, "int")), List.of());
    private static final SourceInfo SOURCE = source("shop", "binlog.1", 484, null, 1_700_000_000, 0);

    /** {@return three records of the row of ordinal 5, and one of the next} */
    private static List<JsonNode> written(Format format) {
        TableFormat table = format.forTable(ITEMS);
        List<JsonNode> written = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Record record = new Record(Record.Kind.INSERT, null, row(ITEMS, Map.of("id", i)), SOURCE, i < 3 ? 5 : 6);
            JsonBuffer out = new JsonBuffer();
            table.write(record.withSubOrdinal(i % 3), out);
            written.add(json(out.toString()));
        }
        return written;
    }

    @Test
    void shouldHaveASequenceInDebeziumsEnvelope() {
        DebeziumJson format = DebeziumJson.builder("shop").valueSchema(false).build();

        assertThat(written(format).stream().map(event -> event.get("source")))
                .extracting(source -> source.get("row").intValue(), source -> source.get("sequence"))
                .map(Object::toString)
                .containsExactly("(5, null)", "(5, \"[\\\"1\\\"]\")", "(5, \"[\\\"2\\\"]\")", "(6, null)");
    }

    /** As Debezium's other connectors have it. */
    @Test
    void shouldHaveAnArrayOfStringsForSequence() {
        String sequence = written(DebeziumJson.builder("shop").build())
                .get(2)
                .at("/payload/source/sequence")
                .textValue();

        assertThat(json(sequence)).isEqualTo(json("[\"2\"]"));
    }

    @Test
    void shouldHaveASubOrdinalBesideMaxwellsOffset() {
        MaxwellJson format = MaxwellJson.builder().xoffset(true).build();

        assertThat(written(format))
                .extracting(record -> record.get("xoffset").intValue(), record -> record.path("sub_ordinal"))
                .map(Object::toString)
                .containsExactly("(5, )", "(5, 1)", "(5, 2)", "(6, )");
        assertThat(written(MaxwellJson.builder().build()))
                .allSatisfy(record -> assertThat(record.has("sub_ordinal")).isFalse());
    }
}
