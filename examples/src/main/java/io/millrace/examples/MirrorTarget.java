// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.Record;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.TargetOptions;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Keeps the tables of one MySQL database as they are in another: each row into the table of the same
 * name in the connection's default database. The tables must be there and have primary keys.
 */
class MirrorTarget extends JdbcTarget {

    /**
     * Values are written as they are: times in UTC, zero as zero, dates that no calendar has. And what a
     * machine that vanished had under way does not stay locked for eight hours, the server's default.
     */
    private static final String SESSION = "SET SESSION time_zone = '+00:00', wait_timeout = 600,"
            + " sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'";

    private final Map<TableId, MirrorTable> tables = new HashMap<>();

    MirrorTarget(TargetOptions options, DataSource database) {
        super(options, database);
    }

    @Override
    protected void open() throws SQLException {
        tables.clear();
        super.open();
        try (java.sql.Statement sql = connection().createStatement()) {
            sql.execute(SESSION);
        }
    }

    @Override
    protected void save(List<Record> records) throws SQLException {
        for (Record record : records) {
            table(record.schema()).add(record);
        }
        for (MirrorTable table : tables.values()) {
            table.flush();
        }
    }

    private MirrorTable table(TableSchema schema) throws SQLException {
        MirrorTable table = tables.get(schema.table());
        if (table == null || !table.isOf(schema)) {
            if (table != null) {
                table.close();
            }
            table = new MirrorTable(connection(), schema);
            tables.put(schema.table(), table);
        }
        return table;
    }
}
