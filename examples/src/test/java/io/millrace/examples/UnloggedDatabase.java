// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.millrace.testkit.FaultyProxy;
import javax.sql.DataSource;

/**
 * A database on the server that is captured itself. What is written to it stays out of the binlog: a
 * checkpoint in it would otherwise be a transaction that moves the checkpoint.
 */
final class UnloggedDatabase {

    private UnloggedDatabase() {}

    static DataSource of(FaultyProxy proxy, String name) {
        return of(proxy.host(), proxy.port(), name);
    }

    static DataSource of(String host, int port, String name) {
        MysqlDataSource database = (MysqlDataSource) ExactlyOnceJdbc.database(host, port, name);
        database.setUrl(database.getUrl() + "&sessionVariables=sql_log_bin=0");
        return database;
    }
}
