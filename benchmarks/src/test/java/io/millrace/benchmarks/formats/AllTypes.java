// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.formats;

import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;

/** A table with a column of each of the types that MySQL and MariaDB share, and changes of it. */
final class AllTypes {

    private static final String CREATE = """
            CREATE TABLE all_types (
              id INT PRIMARY KEY AUTO_INCREMENT,
              ti TINYINT, tiu TINYINT UNSIGNED, si SMALLINT, siu SMALLINT UNSIGNED, mi MEDIUMINT, miu MEDIUMINT UNSIGNED,
              i INT NOT NULL, iu INT UNSIGNED, bi BIGINT, biu BIGINT UNSIGNED,
              d DECIMAL(12,3), dd DECIMAL(65,30) NOT NULL, f FLOAT, db DOUBLE,
              b1 BIT, b9 BIT(9), b64 BIT(64),
              c CHAR(10), vc VARCHAR(255), tt TINYTEXT, tx TEXT, mt MEDIUMTEXT, lt LONGTEXT,
              bn BINARY(5), vb VARBINARY(20), tb TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB,
              en ENUM('a','b','it''s'), st SET('x','y','z'),
              dt DATE, dtn DATE NOT NULL, tm TIME, tm3 TIME(3), tm6 TIME(6),
              dtm DATETIME, dtm3 DATETIME(3), dtm4 DATETIME(4), dtm6 DATETIME(6) NOT NULL,
              ts TIMESTAMP NULL, ts3 TIMESTAMP(3) NULL, ts6 TIMESTAMP(6) NULL, tsn TIMESTAMP NOT NULL,
              y YEAR, j JSON, g GEOMETRY, p POINT, pn POINT NOT NULL SRID 4326, ls LINESTRING
            ) CHARACTER SET utf8mb4""";

    private static final String FULL = """
            INSERT INTO all_types VALUES (%d, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295,
              -9223372036854775808, 18446744073709551615, 123456789.123, -1.5, 1.1, 1e100,
              b'1', b'101000001', 0xFFFFFFFFFFFFFFFE,
              'abc', 'h\u00e9llo \ud83d\ude00 "q"', 't', 'tx', 'mt', 'lt',
              x'0102', x'00ff', x'01', x'deadbeef', x'02', x'03', 'it''s', 'x,z',
              '2024-02-29', '2024-12-03', '23:59:59', '12:34:56.789', '00:00:00.000001',
              '2018-06-20 06:37:03', '2018-06-20 06:37:03.120', '2018-06-20 06:37:03.1234', '2018-06-20 06:37:03.123456',
              '2018-06-20 06:37:03', '2018-06-20 06:37:03.120', '2018-06-20 06:37:03.123456', '2018-06-20 06:37:03',
              2024, '{"a": [1, 2.5, null, "x"]}', ST_GeomFromText('POINT(1 2)'), POINT(3, 4),
              ST_GeomFromText('POINT(10 20)', 4326), ST_GeomFromText('LINESTRING(0 0,1 1)'))""";

    private static final String SPARSE = """
            INSERT INTO all_types (id, i, dd, dtn, dtm6, tsn, pn, d, f, db, en, st, b9, biu, dtm, ts, y, tm6)
            VALUES (%d, 7, 1e-30, '9999-12-31', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07',
              ST_GeomFromText('POINT(1 2)', 4326), -0.001, 16777216, 0.1, '', '', 1, 9223372036854775808,
              '1969-12-31 23:59:59', '1970-01-01 00:00:01', 1901, '00:00:00')""";

    private AllTypes() {}

    static void create(MySqlServer server, String database) throws SQLException {
        boolean isMariaDb = server.release().isMariaDb();
        server.executeIn(
                database, isMariaDb ? CREATE.replace("NOT NULL SRID 4326", "REF_SYSTEM_ID=4326 NOT NULL") : CREATE);
    }

    /** Inserts, updates, moves to another key, and deletes, each in a transaction of its own. */
    static void change(MySqlServer server, String database) throws SQLException {
        server.executeIn(
                database,
                "SET time_zone = '+00:00', sql_mode = ''",
                FULL.formatted(1),
                SPARSE.formatted(2),
                "UPDATE all_types SET vc = 'new', d = NULL, ts6 = NULL, st = 'y' WHERE id = 1",
                "UPDATE all_types SET id = 20 WHERE id = 2",
                "DELETE FROM all_types WHERE id = 1");
    }

    /** Inserts rows of two times each, the lowest and the highest ones. */
    static void insertLimits(MySqlServer server, String database) throws SQLException {
        server.executeIn(
                database,
                "SET time_zone = '+00:00'",
                "INSERT INTO all_types (id, i, dd, dt, dtn, tm, tm6, dtm, dtm6, ts6, tsn, y, pn) VALUES"
                        + " (4, 0, 0, '0100-01-01', '1000-01-01', '-838:59:59', '-838:59:58.999999',"
                        + " '0100-01-01', '1000-01-01 00:00:00.000001', '1970-01-01 00:00:01', '1970-01-01 00:00:01',"
                        + " 1901, POINT(1, 2)),"
                        + " (5, 0, 0, '9999-12-31', '9999-12-31', '838:59:59', '838:59:58.999999',"
                        + " '9999-12-31 23:59:59', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07.999999',"
                        + " '2038-01-19 03:14:07', 2155, POINT(1, 2))");
    }

    /** Leaves a row with all values, and one with few. */
    static void fill(MySqlServer server, String database) throws SQLException {
        server.executeIn(database, "SET time_zone = '+00:00', sql_mode = ''", FULL.formatted(1), SPARSE.formatted(2));
    }

    /** Inserts a row of zero dates. */
    static void insertZeroDates(MySqlServer server, String database) throws SQLException {
        server.executeIn(
                database,
                "SET time_zone = '+00:00', sql_mode = ''",
                "INSERT INTO all_types (id, i, dd, dt, dtn, dtm, dtm6, ts, tsn, pn) VALUES (3, 0, 0, '0000-00-00',"
                        + " '0000-00-00', '2020-00-10', '0000-00-00', '0000-00-00', '0000-00-00',"
                        + " ST_GeomFromText('POINT(1 2)', 4326))");
    }
}
