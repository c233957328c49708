// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes the columns of a round: every type of the server, with sizes, charsets and members by chance. */
final class ColumnCatalogue {

    private final Map<String, CharacterPool> pools;
    private final boolean isMariaDb;
    private final boolean vectors;

    ColumnCatalogue(MySqlServer server, Random random, int candidates) throws SQLException {
        pools = CharacterPool.ofAll(server, random, candidates);
        isMariaDb = server.release().isMariaDb();
        String version = String.valueOf(server.query("SELECT VERSION()").get(0).get(0));
        vectors = !isMariaDb && Integer.parseInt(version.substring(0, version.indexOf('.'))) >= 9;
    }

    Map<String, CharacterPool> charsets() {
        return pools;
    }

    boolean has(ValueType type) {
        return switch (type) {
            case VECTOR -> vectors;
            // It is text there.
            case JSON -> !isMariaDb;
            default -> true;
        };
    }

    /** @param all every charset with every type of text, and every width of BIT */
    List<ColumnUnderTest> columns(Random random, boolean all) {
        List<ColumnUnderTest> columns = new ArrayList<>(NumberColumns.make(random, all));
        columns.addAll(TextColumns.make(random, pools, all));
        columns.addAll(TemporalColumns.make());
        columns.addAll(GeometryColumns.make(isMariaDb));
        for (int i = 0; i < 3 && has(ValueType.JSON); i++) {
            columns.add(ColumnUnderTest.of(ValueType.JSON, "json", JsonDocuments.boundaries(), JsonDocuments::any));
        }
        if (vectors) {
            columns.add(ColumnUnderTest.of(
                    ValueType.VECTOR,
                    "vector(5)",
                    List.of("STRING_TO_VECTOR('[0,-0.0,1e-45,3.4028235e38,1.5]')", "STRING_TO_VECTOR('[1]')"),
                    r -> "STRING_TO_VECTOR('[" + r.nextFloat() + "," + r.nextGaussian() + "]')"));
        }
        Collections.shuffle(columns, random);
        return columns;
    }
}
