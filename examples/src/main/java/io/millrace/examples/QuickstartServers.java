// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.mysql.MySqlOptions;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The servers that {@link Quickstart} works on: the user's own, or real ones started for it. */
final class QuickstartServers implements AutoCloseable {

    private final @Nullable MySqlServer startedMySql;
    private final @Nullable KafkaBroker startedKafka;
    private final URI mysql;
    private final String kafka;

    private QuickstartServers(
            @Nullable MySqlServer startedMySql, @Nullable KafkaBroker startedKafka, URI mysql, String kafka) {
        this.startedMySql = startedMySql;
        this.startedKafka = startedKafka;
        this.mysql = mysql;
        this.kafka = kafka;
    }

    static QuickstartServers of(QuickstartArguments arguments) throws Exception {
        MySqlServer server = null;
        KafkaBroker broker = null;
        try {
            URI mysql = arguments.mysql();
            if (mysql == null) {
                System.out.println("Starting MySQL...");
                server = MySqlServer.start();
                server.execute("CREATE DATABASE mysql_quickstart");
                mysql = URI.create("mysql://" + server.user() + ":" + server.password() + "@" + server.host() + ":"
                        + server.port() + "/mysql_quickstart");
            }
            String kafka = arguments.kafka();
            if (kafka == null) {
                System.out.println("Starting Kafka...");
                broker = KafkaBroker.start();
                kafka = broker.bootstrapServers();
            }
            return new QuickstartServers(server, broker, mysql, kafka);
        } catch (Exception e) {
            close(server, broker);
            throw e;
        }
    }

    MySqlOptions.Builder mysql() {
        return MySqlOptions.builder()
                .host(mysql.getHost())
                .port(port())
                .user(user())
                .password(password());
    }

    String kafka() {
        return kafka;
    }

    String database() {
        return mysql.getPath().substring(1);
    }

    Connection connect() throws SQLException {
        String url =
                "jdbc:mysql://" + mysql.getHost() + ":" + port() + "/" + database() + "?allowPublicKeyRetrieval=true";
        return DriverManager.getConnection(url, user(), password());
    }

    private int port() {
        return mysql.getPort() < 0 ? 3306 : mysql.getPort();
    }

    private String user() {
        return mysql.getUserInfo().split(":", 2)[0];
    }

    private String password() {
        String[] parts = mysql.getUserInfo().split(":", 2);
        return parts.length < 2 ? "" : parts[1];
    }

    @Override
    public void close() {
        close(startedMySql, startedKafka);
    }

    private static void close(@Nullable MySqlServer server, @Nullable KafkaBroker broker) {
        if (broker != null) {
            broker.close();
        }
        if (server != null) {
            server.close();
        }
    }
}
