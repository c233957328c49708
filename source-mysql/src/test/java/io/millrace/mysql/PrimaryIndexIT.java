// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(MySqlExtension.class)
class PrimaryIndexIT {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PRIMARY KEY (b, a)                      | PRIMARY | b,a | true
            PRIMARY KEY (c, a)                      | PRIMARY | c,a | true
            PRIMARY KEY (c(3), a)                   | PRIMARY | c,a | false
            PRIMARY KEY (a, b DESC)                 | PRIMARY | a,b | false
            UNIQUE KEY z (a), UNIQUE KEY y (b)      | z       | a   | true
            UNIQUE KEY z (n), UNIQUE KEY y (b)      | y       | b   | true
            UNIQUE KEY z (c(3)), UNIQUE KEY y (b)   | y       | b   | true
            UNIQUE KEY z ((a + 1)), UNIQUE KEY y (b)| y       | b   | true
            UNIQUE KEY z (n), KEY y (b)             | ''      | ''  | false
            """)
    void shouldBeTheKeyOfTheLog(String keys, String name, String columns, boolean isAscending, MySqlServer server)
            throws Exception {
        String table = server.createDatabase() + ".t";
        server.execute("CREATE TABLE " + table + " (a INT NOT NULL, b INT NOT NULL, c VARCHAR(9) NOT NULL, n INT, "
                + keys + ")");
        List<@Nullable String[]> rows = new ArrayList<>();
        server.query("SHOW INDEX FROM " + table).forEach(row -> rows.add(row.toArray(new @Nullable String[0])));

        PrimaryIndex index = PrimaryIndex.of(rows);

        assertThat(index.name()).isEqualTo(name);
        assertThat(String.join(",", index.columns())).isEqualTo(columns);
        assertThat(index.isAscending()).isEqualTo(isAscending);
    }
}
