// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes up statements about the tables t and u, of which a server refuses some. */
final class RandomDdl {

    private static final List<String> NAMES = List.of("a", "A", "b", "c", "D", "`e e`", "`f,)`", "g", "comment");
    private static final List<String> TYPES = List.of(
            "INT",
            "INT(7) UNSIGNED",
            "BIGINT NOT NULL DEFAULT 3",
            "BOOLEAN DEFAULT TRUE",
            "SMALLINT SIGNED",
            "DECIMAL(9,2)",
            "NUMERIC",
            "FLOAT(30) COMMENT 'DROP x, ADD y'",
            "DOUBLE PRECISION",
            "BIT(3)",
            "YEAR",
            "DATE",
            "TIME(2)",
            "DATETIME(3) DEFAULT NULL",
            "TIMESTAMP NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP",
            "CHAR(5)",
            "CHARACTER VARYING(20)",
            "VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin",
            "VARCHAR(9) CHARACTER SET binary",
            "NATIONAL CHAR(6)",
            "NCHAR VARYING(6) NOT NULL",
            "TEXT",
            "TEXT(20) CHARSET gbk",
            "LONG VARCHAR",
            "TINYTEXT COLLATE utf8mb4_bin",
            "BLOB(300)",
            "VARBINARY(9)",
            "BINARY",
            "ENUM('a','b,','c)','d''d')",
            "SET('x','y') CHARACTER SET latin1",
            "JSON",
            "POINT",
            "INT CHECK (1 + (2) > 0)",
            "INT INVISIBLE",
            "INT GENERATED ALWAYS AS (1 + (2 * 3)) STORED",
            "VARCHAR(10) AS (CONCAT('a,', ')')) VIRTUAL");
    private static final List<String> CHARSETS = List.of("latin1", "utf8mb4", "gbk", "utf8mb3", "DEFAULT", "ucs2");

    private final Random random;
    private final List<String> charsets;

    /** @param wide whether tables may have ucs2, in which MySQL 5.7 damages members of ENUM */
    RandomDdl(Random random, boolean wide) {
        this.random = random;
        this.charsets = wide ? CHARSETS : CHARSETS.subList(0, CHARSETS.size() - 1);
    }

    String next() {
        return switch (random.nextInt(12)) {
            case 0 -> "RENAME TABLE t TO x, u TO t, x TO u";
            case 1 -> "CREATE TABLE " + create();
            case 2 -> "DROP TABLE IF EXISTS x";
            case 3 -> "RENAME TABLE x TO y, t TO x, y TO t";
            default -> alter();
        };
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private String create() {
        if (random.nextInt(3) == 0) {
            return "x LIKE " + (random.nextBoolean() ? "t" : "u");
        }
        List<String> columns = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(5); i++) {
            columns.add(one(NAMES) + " " + one(TYPES));
        }
        if (random.nextBoolean()) {
            columns.add("PRIMARY KEY (" + one(NAMES) + ")");
        }
        return (random.nextBoolean() ? "IF NOT EXISTS x (" : "x (") + String.join(", ", columns) + ")"
                + (random.nextBoolean() ? " ENGINE=InnoDB DEFAULT CHARSET " + one(charsets) : "");
    }

    private String alter() {
        List<String> clauses = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            clauses.add(clause());
        }
        return "ALTER TABLE " + (random.nextBoolean() ? "t " : "`u` ") + String.join(", ", clauses);
    }

    private String clause() {
        return switch (random.nextInt(15)) {
            case 0, 1, 2 -> "ADD " + (random.nextBoolean() ? "COLUMN " : "") + one(NAMES) + " " + one(TYPES) + place();
            case 3 -> "ADD (" + one(NAMES) + " " + one(TYPES) + ", " + one(NAMES) + " " + one(TYPES) + ")";
            case 4, 5 -> "DROP " + one(NAMES);
            case 6, 7 -> "CHANGE " + one(NAMES) + " " + one(NAMES) + " " + one(TYPES) + place();
            case 8 -> "MODIFY COLUMN " + one(NAMES) + " " + one(TYPES) + place();
            case 9, 10 -> "RENAME COLUMN " + one(NAMES) + " TO " + one(NAMES);
            case 11 -> "DROP PRIMARY KEY";
            case 12 -> "ADD PRIMARY KEY (" + one(NAMES) + ")";
            case 13 -> "CHARACTER SET " + one(charsets);
            default -> random.nextBoolean() ? "ADD INDEX (" + one(NAMES) + ")" : "COMMENT 'it''s, (a'";
        };
    }

    private String place() {
        return switch (random.nextInt(4)) {
            case 0 -> " FIRST";
            case 1 -> " AFTER " + one(NAMES);
            default -> "";
        };
    }
}
