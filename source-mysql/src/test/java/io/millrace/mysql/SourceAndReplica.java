// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Position;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A source and its replica behind one address, which moves from the one to the other. Tests share the servers:
 * {@link #begin} makes them as new, with table {@code shop.t} in both.
 */
final class SourceAndReplica implements AutoCloseable {

    private final MySqlServer source;
    private final MySqlServer replica;
    private FaultyProxy address;

    SourceAndReplica(MySqlRelease release) throws IOException {
        source = MySqlServer.builder(release).start();
        replica = MySqlServer.builder(release)
                .option("server-id", "2")
                .option("log-slave-updates", "ON")
                .start();
    }

    void begin() throws Exception {
        replica.execute("STOP SLAVE", "RESET SLAVE ALL");
        for (MySqlServer server : List.of(source, replica)) {
            Captured.endPrepared(server);
            server.execute("DROP DATABASE IF EXISTS shop", "RESET MASTER");
        }
        if (replica.release().isMariaDb()) {
            replica.execute("SET GLOBAL gtid_slave_pos = ''");
        }
        address = FaultyProxy.before(source.host(), source.port());
        replicate(source, replica);
        source.execute("CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
        awaitReplica();
    }

    void end() {
        address.close();
    }

    /** Lets a server follow another by GTIDs, in words that both families know. */
    static void replicate(MySqlServer from, MySqlServer to) throws SQLException {
        String how = to.release().isMariaDb()
                ? "MASTER_USE_GTID = slave_pos, MASTER_SSL = 0, MASTER_SSL_VERIFY_SERVER_CERT = 0"
                : "MASTER_AUTO_POSITION = 1, GET_MASTER_PUBLIC_KEY = 1";
        to.execute(
                "CHANGE MASTER TO MASTER_HOST = '%s', MASTER_PORT = %d, MASTER_USER = '%s', MASTER_CONNECT_RETRY = 1, %s"
                        .formatted(from.host(), from.port(), from.user(), how),
                "START SLAVE");
    }

    /** Waits until the replica has all that its source has. */
    void awaitReplica() throws SQLException {
        String wait = replica.release().isMariaDb() ? "MASTER_GTID_WAIT" : "WAIT_FOR_EXECUTED_GTID_SET";
        assertThat(replica.query("SELECT " + wait + "('" + source.executedGtids() + "', 60)"))
                .containsExactly(List.of("0"));
    }

    MySqlServer source() {
        return source;
    }

    MySqlServer replica() {
        return replica;
    }

    /** Inserts rows in a transaction each; in MariaDB in two domains, by turns. */
    static void insert(MySqlServer server, int first, int last) throws SQLException {
        for (int id = first; id <= last; id++) {
            String insert = "INSERT INTO shop.t VALUES (" + id + ")";
            if (server.release().isMariaDb()) {
                server.execute("SET gtid_domain_id = " + id % 2, insert);
            } else {
                server.execute(insert);
            }
        }
    }

    static List<Long> ids(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /** {@return options of who begins at the end of the source's log, at the address} */
    MySqlOptions.Builder options() throws SQLException {
        return options(StartFrom.gtids(source.executedGtids()));
    }

    MySqlOptions.Builder options(StartFrom start) {
        return Captured.source(source, start).host(address.host()).port(address.port());
    }

    /** The replica goes on to receive transactions, and does not apply them. */
    void letReplicaLag() throws SQLException {
        replica.execute("STOP SLAVE SQL_THREAD");
    }

    void letReplicaCatchUp() throws SQLException {
        replica.execute("START SLAVE SQL_THREAD");
    }

    /** The replica gets nothing more. */
    void cutReplicaOff() throws SQLException {
        replica.execute("STOP SLAVE");
    }

    /** Connections that are open stay. */
    void leadTo(MySqlServer server) {
        address.leadTo(server.host(), server.port());
    }

    void moveTo(MySqlServer server) {
        leadTo(server);
        address.cutAll();
    }

    /** The source goes on running, as it may, but nobody can reach it any more. */
    void failOver() throws SQLException {
        leadTo(replica);
        replica.execute("STOP SLAVE", "RESET SLAVE ALL");
        address.cutAll();
    }

    static void saveCheckpoint(CheckpointStore store, String target, Position position) throws IOException {
        store.open("test");
        store.save(target, new Checkpoint("mysql", position.toJson(), 1, null, 1, 1, Set.of("memory", "later")));
        store.close();
    }

    /** {@return a second target, beside the one whose changes are kept} */
    static Captured.Memory later() {
        return new Captured.Memory(TargetOptions.builder("later").build());
    }

    @Override
    public void close() {
        replica.close();
        source.close();
    }
}
