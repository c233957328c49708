// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.core.Geometry;
import io.millrace.core.ZeroDate;
import io.millrace.testkit.MySqlRelease;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What columns become in Java and in JSON, and the SQL expression by which the server is asked for their values. */
enum Mapping {
    INTEGER("number", "CAST(%s + 0 AS CHAR)", Integer.class),
    LONG("number", "CAST(%s + 0 AS CHAR)", Long.class),
    UNSIGNED_LONG("number, all digits", "CAST(%s + 0 AS CHAR)", BigInteger.class),
    DECIMAL("number, all digits, scale kept", "CAST(%s AS CHAR)", BigDecimal.class),
    FLOAT("shortest number that reads back the same", Oracle.DOUBLE, Float.class),
    DOUBLE("shortest number that reads back the same", Oracle.DOUBLE, Double.class),
    BOOLEAN("`true` or `false`", "CAST(%s + 0 AS CHAR)", Boolean.class),
    BITS("number, unsigned", "CAST(%s + 0 AS CHAR)", Long.class),
    TEXT("string", "HEX(CONVERT(%s USING utf8mb4))", String.class),
    BYTES("base64 string", "HEX(%s)", byte[].class),
    MEMBER("string", Oracle.MEMBER, String.class),
    MEMBERS("string, members separated by commas", Oracle.MEMBER, String.class),
    DATE("`\"2024-12-03\"`", "CAST(%s AS CHAR)", LocalDate.class, ZeroDate.class),
    DATETIME(
            "`\"2024-12-03T03:48:55.123456\"`, declared digits",
            "CAST(%s AS CHAR)",
            LocalDateTime.class,
            ZeroDate.class),
    TIMESTAMP("`\"2024-12-03T03:48:55.123456Z\"`, declared digits", "CAST(%s AS CHAR)", Instant.class, ZeroDate.class),
    TIME("`\"-12:34:56.789\"`, declared digits", "CAST(%s AS CHAR)", Duration.class),
    JSON("embedded, as the server prints it", "HEX(CAST(%s AS CHAR))", String.class),
    GEOMETRY("`{\"srid\":0,\"wkb\":\"base64\"}`", Oracle.GEOMETRY, Geometry.class),
    VECTOR("array of numbers", "HEX(%s)", float[].class);

    /** Expressions that need a word of explanation. */
    private static final class Oracle {

        /** The text of a FLOAT or DOUBLE is rounded; within JSON the server prints all digits. */
        static final String DOUBLE = "CAST(CAST(%s * 1e0 AS JSON) AS CHAR)";

        /** MariaDB has no such type, but prints all digits of what it computes. */
        static final String DOUBLE_OF_MARIADB = "CAST(%s * 1e0 AS CHAR)";

        /** Number or bits, and the text. With {@code + 0} the server would make a double of them. */
        static final String MEMBER = "CONCAT(CAST(%1$s AS UNSIGNED), ' ', HEX(CONVERT(%1$s USING utf8mb4)))";

        /** Geographic systems would be printed with latitudes first; stored are longitudes first. */
        static final String GEOMETRY = "CONCAT(ST_SRID(%1$s), ' ', HEX(ST_AsWKB(%1$s, 'axis-order=long-lat')))";

        static final String GEOMETRY_OF_MARIADB = "CONCAT(ST_SRID(%1$s), ' ', HEX(ST_AsWKB(%1$s)))";
    }

    private final String json;
    private final String oracle;
    private final List<Class<?>> classes;

    Mapping(String json, String oracle, Class<?>... classes) {
        this.json = json;
        this.oracle = oracle;
        this.classes = List.of(classes);
    }

    /** {@return an expression whose value is ASCII} */
    String oracle(MySqlRelease release, String column) {
        String expression = oracle;
        if (release.isMariaDb()) {
            expression = switch (this) {
                case FLOAT, DOUBLE -> Oracle.DOUBLE_OF_MARIADB;
                case GEOMETRY -> Oracle.GEOMETRY_OF_MARIADB;
                default -> oracle;
            };
        }
        return expression.formatted(column);
    }

    boolean allows(Object value) {
        return classes.contains(value.getClass());
    }

    String javaTypes() {
        return classes.stream().map(type -> "`" + type.getSimpleName() + "`").collect(Collectors.joining(" or "));
    }

    /** {@return the line of the documentation} */
    String documented() {
        String types = Arrays.stream(ValueType.values())
                .filter(type -> type.mapping() == this)
                .map(ValueType::sql)
                .collect(Collectors.joining(", "));
        return "| " + types + " | " + javaTypes() + " | " + json + " |";
    }
}
