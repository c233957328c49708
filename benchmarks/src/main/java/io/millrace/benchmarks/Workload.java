// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.Locale;
import java.util.Random;

/** What is written into the log, and so drained. */
enum Workload {
    /** Rows of about 200 bytes of text that does not compress, inserted. */
    BULK(1_000) {
        @Override
        String columns() {
            return "id BIGINT PRIMARY KEY, customer INT UNSIGNED NOT NULL, status TINYINT NOT NULL,"
                    + " amount DECIMAL(12,2), name VARCHAR(60), note VARCHAR(200), created DATETIME(3)";
        }

        @Override
        void row(StringBuilder sql, long id, Random random) {
            sql.append('(')
                    .append(id)
                    .append(',')
                    .append(random.nextInt(1 << 30))
                    .append(',');
            sql.append(random.nextInt(5))
                    .append(',')
                    .append(random.nextInt(100_000))
                    .append('.');
            sql.append(10 + random.nextInt(90)).append(",'");
            text(sql, 20, random);
            sql.append("','");
            text(sql, 120, random);
            sql.append("','2026-01-02 03:04:05.")
                    .append(100 + random.nextInt(900))
                    .append("')");
        }
    },
    /** The same in compressed transactions. */
    COMPRESSED(1_000) {
        @Override
        String session() {
            return "SET binlog_transaction_compression = ON";
        }
    },
    /** The same, with nine rows beside each in a table that is not captured. */
    FILTERED(1_000),
    /** Transactions of one row: 50% insert, 40% update, 10% delete. */
    OLTP(1) {
        @Override
        String columns() {
            return "id BIGINT PRIMARY KEY, version INT NOT NULL, state ENUM('new','paid','sent','done') NOT NULL,"
                    + " amount DECIMAL(12,2), changed DATETIME(3), seen TIMESTAMP(6) NULL, attributes JSON,"
                    + " note VARCHAR(200) NULL";
        }

        @Override
        void row(StringBuilder sql, long id, Random random) {
            sql.append('(')
                    .append(id)
                    .append(",0,")
                    .append(1 + random.nextInt(4))
                    .append(',');
            sql.append(random.nextInt(100_000))
                    .append(".25,'2026-01-02 03:04:05.")
                    .append(100 + random.nextInt(900));
            sql.append("','2026-01-02 03:04:05.")
                    .append(100_000 + random.nextInt(900_000))
                    .append("','{\"tags\": [\"");
            text(sql, 5, random);
            sql.append("\", ").append(random.nextInt(1_000)).append("], \"source\": \"");
            text(sql, 10, random);
            sql.append("\"}',");
            if (random.nextBoolean()) {
                sql.append("NULL)");
            } else {
                sql.append('\'');
                text(sql, 40, random);
                sql.append("')");
            }
        }
    },
    /** 200 columns, inserted. */
    WIDE(100) {
        private static final int OTHERS = 199;

        @Override
        String columns() {
            StringBuilder columns = new StringBuilder("id BIGINT PRIMARY KEY");
            for (int i = 0; i < OTHERS; i++) {
                columns.append(", c")
                        .append(i)
                        .append(i % 4 == 0 ? " VARCHAR(20)" : i % 4 == 1 ? " DECIMAL(10,2)" : " INT");
            }
            return columns.toString();
        }

        @Override
        void row(StringBuilder sql, long id, Random random) {
            sql.append('(').append(id);
            for (int i = 0; i < OTHERS; i++) {
                if (i % 4 == 0) {
                    sql.append(",'");
                    text(sql, 10, random);
                    sql.append('\'');
                } else if (i % 4 == 1) {
                    sql.append(',').append(random.nextInt(100_000)).append(".5");
                } else {
                    sql.append(',').append(random.nextInt());
                }
            }
            sql.append(')');
        }
    },
    /** 10,000 characters of text and as many bytes, inserted. */
    FAT(20) {
        @Override
        String columns() {
            return "id BIGINT PRIMARY KEY, note MEDIUMTEXT, data MEDIUMBLOB";
        }

        @Override
        void row(StringBuilder sql, long id, Random random) {
            sql.append('(').append(id).append(",'");
            text(sql, 10_000, random);
            sql.append("','");
            text(sql, 10_000, random);
            sql.append("')");
        }
    },
    /** Rows like those of {@link #OLTP}, inserted at a steady rate. */
    LATENCY(1) {
        @Override
        String columns() {
            return OLTP.columns();
        }

        @Override
        void row(StringBuilder sql, long id, Random random) {
            OLTP.row(sql, id, random);
        }
    },
    /** Rows like those of {@link #BULK}, and many tables without any. */
    RESTART(1_000);

    private static final char[] LETTERS =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".toCharArray();

    private final int transactionSize;

    Workload(int transactionSize) {
        this.transactionSize = transactionSize;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    static Workload of(String name) {
        for (Workload workload : values()) {
            if (workload.toString().equals(name)) {
                return workload;
            }
        }
        throw new IllegalArgumentException("there is no workload '" + name + "'; there are " + names());
    }

    static String names() {
        StringBuilder names = new StringBuilder();
        for (Workload workload : values()) {
            names.append(names.isEmpty() ? "" : ",").append(workload);
        }
        return names.toString();
    }

    /** {@return rows of a transaction, unless the command line says otherwise} */
    int transactionSize() {
        return transactionSize;
    }

    /** {@return the columns of the table; the first is {@code id}} */
    String columns() {
        return BULK.columns();
    }

    /** {@return what the writing session runs first} */
    String session() {
        return "DO 0";
    }

    /** Appends the values of a row. */
    void row(StringBuilder sql, long id, Random random) {
        BULK.row(sql, id, random);
    }

    static void text(StringBuilder sql, int length, Random random) {
        for (int i = 0; i < length; i += 5) {
            int bits = random.nextInt();
            for (int j = 0; j < 5; j++) {
                sql.append(LETTERS[bits & 63]);
                bits >>>= 6;
            }
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
