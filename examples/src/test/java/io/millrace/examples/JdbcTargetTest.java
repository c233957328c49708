// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.kit.TargetKit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The target that keeps its checkpoint in the transaction of its data, over a real database. */
@ExtendWith(MySqlExtension.class)
class JdbcTargetTest extends TargetKit {

    private MySqlServer server;
    private FaultyProxy proxy;
    private String database;

    @BeforeEach
    void makeStorage(MySqlServer shared) throws Exception {
        server = shared;
        database = server.createDatabase();
        proxy = FaultyProxy.before(server.host(), server.port());
        server.executeIn(
                database,
                AuditedMirror.TABLE,
                "CREATE TABLE orders (id BIGINT PRIMARY KEY, text VARCHAR(100))",
                "CREATE TABLE items (id BIGINT PRIMARY KEY, text VARCHAR(100))");
    }

    @AfterEach
    void dropStorage() throws Exception {
        proxy.close();
        server.execute("DROP DATABASE " + database);
    }

    @Override
    protected Target target(TargetOptions options) {
        return new AuditedMirror(options, ExactlyOnceJdbc.database(proxy.host(), proxy.port(), database));
    }

    @Override
    protected List<String> stored() throws Exception {
        return server.query("SELECT json FROM " + database + ".audit ORDER BY n").stream()
                .map(row -> row.get(0))
                .toList();
    }

    @Override
    protected boolean storesExactlyOnce() {
        return true;
    }

    @Override
    protected boolean breakStorage() {
        proxy.refuse();
        proxy.cutAll();
        return true;
    }

    @Override
    protected void healStorage() {
        proxy.heal();
    }

    @Override
    protected boolean isOfStorage(Thread thread) {
        return thread.getName().startsWith("faulty-proxy") || thread.getName().startsWith("mysql-cj");
    }
}
