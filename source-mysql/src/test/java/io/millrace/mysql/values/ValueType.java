// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.util.Locale;

/** The column types that are told apart in the proof. */
enum ValueType {
    TINYINT(Mapping.INTEGER, 256),
    TINYINT_UNSIGNED(Mapping.INTEGER, 256),
    SMALLINT(Mapping.INTEGER),
    SMALLINT_UNSIGNED(Mapping.INTEGER),
    MEDIUMINT(Mapping.INTEGER),
    MEDIUMINT_UNSIGNED(Mapping.INTEGER),
    INT(Mapping.INTEGER),
    INT_UNSIGNED(Mapping.LONG),
    BIGINT(Mapping.LONG),
    BIGINT_UNSIGNED(Mapping.UNSIGNED_LONG),
    YEAR(Mapping.INTEGER, 256),
    DECIMAL(Mapping.DECIMAL),
    FLOAT(Mapping.FLOAT),
    DOUBLE(Mapping.DOUBLE),
    BIT_1("BIT(1)", Mapping.BOOLEAN, 2),
    BIT("BIT(2) to BIT(64)", Mapping.BITS, Integer.MAX_VALUE),
    CHAR(Mapping.TEXT),
    VARCHAR(Mapping.TEXT),
    TINYTEXT(Mapping.TEXT),
    TEXT(Mapping.TEXT),
    MEDIUMTEXT(Mapping.TEXT),
    LONGTEXT(Mapping.TEXT),
    BINARY(Mapping.BYTES),
    VARBINARY(Mapping.BYTES),
    TINYBLOB(Mapping.BYTES),
    BLOB(Mapping.BYTES),
    MEDIUMBLOB(Mapping.BYTES),
    LONGBLOB(Mapping.BYTES),
    ENUM(Mapping.MEMBER),
    SET(Mapping.MEMBERS),
    DATE(Mapping.DATE),
    DATETIME(Mapping.DATETIME),
    TIMESTAMP(Mapping.TIMESTAMP),
    TIME(Mapping.TIME),
    JSON(Mapping.JSON),
    GEOMETRY(Mapping.GEOMETRY),
    POINT(Mapping.GEOMETRY),
    LINESTRING(Mapping.GEOMETRY),
    POLYGON(Mapping.GEOMETRY),
    MULTIPOINT(Mapping.GEOMETRY),
    MULTILINESTRING(Mapping.GEOMETRY),
    MULTIPOLYGON(Mapping.GEOMETRY),
    GEOMETRYCOLLECTION(Mapping.GEOMETRY),
    VECTOR(Mapping.VECTOR);

    private final String sql;
    private final Mapping mapping;
    private final int possible;

    ValueType(Mapping mapping) {
        this(mapping, Integer.MAX_VALUE);
    }

    ValueType(Mapping mapping, int possible) {
        this.sql = name().replace('_', ' ');
        this.mapping = mapping;
        this.possible = possible;
    }

    ValueType(String sql, Mapping mapping, int possible) {
        this.sql = sql;
        this.mapping = mapping;
        this.possible = possible;
    }

    String sql() {
        return sql;
    }

    Mapping mapping() {
        return mapping;
    }

    /** {@return how many different values there are} */
    int possible() {
        return possible;
    }

    /** {@return the type as a column definition begins with it} */
    String keyword() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
