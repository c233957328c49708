// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** A mirror that also writes down every change that it stores, in the same transaction. */
class AuditedMirror extends MirrorTarget {

    static final String TABLE =
            "CREATE TABLE audit (n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(100) NOT NULL, json TEXT NOT NULL)";

    AuditedMirror(TargetOptions options, DataSource database) {
        super(options, database);
    }

    @Override
    protected void save(List<Record> records) throws SQLException {
        super.save(records);
        try (PreparedStatement sql = connection().prepareStatement("INSERT INTO audit (id, json) VALUES (?, ?)")) {
            for (Record record : records) {
                sql.setString(1, id(record));
                sql.setString(2, record.toJson());
                sql.addBatch();
            }
            sql.executeBatch();
        }
    }

    /** {@return what names the change in its log} */
    static String id(Record record) {
        return record.source().transactionId() + "#" + record.ordinal();
    }
}
