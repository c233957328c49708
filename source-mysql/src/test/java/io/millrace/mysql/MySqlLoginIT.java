// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.PermanentException;
import io.millrace.core.ProcessorState;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Ways to log in, and certificates; on a server that speaks TLS 1.3 only. */
@Timeout(120)
class MySqlLoginIT {

    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static MySqlServer server;

    private String database;

    @BeforeAll
    static void start() throws Exception {
        certificates = new Certificates(
                folder,
                Map.of(
                        "server", "ip:127.0.0.1",
                        "renewed", "ip:127.0.0.1",
                        "elsewhere", "dns:elsewhere.example",
                        "client", "dns:client.example"));
        Files.copy(certificates.pem("server"), folder.resolve("used.pem"));
        Files.copy(certificates.key("server"), folder.resolve("used.key"));
        server = MySqlServer.builder()
                .option("tls-version", "TLSv1.3")
                .option("ssl-ca", certificates.pem("ca").toString())
                .option("ssl-cert", folder.resolve("used.pem").toString())
                .option("ssl-key", folder.resolve("used.key").toString())
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY)");
        use("server");
    }

    /** Lets the server show that certificate from now on. */
    private static void use(String name) throws Exception {
        Files.copy(certificates.pem(name), folder.resolve("used.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(certificates.key(name), folder.resolve("used.key"), StandardCopyOption.REPLACE_EXISTING);
        server.execute("ALTER INSTANCE RELOAD TLS");
    }

    private static void createUser(String how) throws SQLException {
        server.execute(
                "DROP USER IF EXISTS reader",
                "CREATE USER reader IDENTIFIED " + how,
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO reader",
                // Of passwords that were checked before, the server keeps a quicker hash.
                "FLUSH PRIVILEGES");
    }

    private MySqlOptions.Builder options(TlsOptions tls) {
        return Captured.source(server, StartFrom.latest())
                .user("reader")
                .password("secret")
                .tls(tls)
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .build());
    }

    private void captures(MySqlOptions options, int id) throws Exception {
        try (Captured captured = Captured.start(options).streaming()) {
            server.executeIn(database, "INSERT INTO t VALUES (" + id + ")");
            await().until(() -> !captured.ids().isEmpty());
            assertThat(captured.ids()).containsExactly((long) id);
        }
    }

    /** The server greets, and then says nothing more while the client begins with TLS. */
    @ParameterizedTest
    @EnumSource(
            value = TlsOptions.Mode.class,
            names = {"DISABLED", "REQUIRED"})
    void shouldCloseWhileALoginHangs(TlsOptions.Mode mode) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName(server.host()));
                Socket greeting = new Socket(server.host(), server.port())) {
            byte[] first = greeting.getInputStream().readNBytes(4);
            byte[] rest = greeting.getInputStream().readNBytes(first[0] & 0xff);
            MySqlOptions options = options(TlsOptions.of(mode))
                    .port(silent.getLocalPort())
                    .connectTimeout(Duration.ofMinutes(5))
                    .build();
            try (Captured captured = Captured.start(options);
                    Socket client = silent.accept()) {
                client.getOutputStream().write(first);
                client.getOutputStream().write(rest);
                // What it answers, and then waits.
                assertThat(client.getInputStream().read()).isPositive();
                long begin = System.nanoTime();

                captured.processor().close();

                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
                assertThat(captured.processor().status().state()).isEqualTo(ProcessorState.STOPPED);
            }
        }
    }

    /** The first login is with a cold cache, and asks for the password itself; the second finds the hash. */
    @ParameterizedTest
    @CsvSource({
        "caching_sha2_password, DISABLED",
        "caching_sha2_password, PREFERRED",
        "caching_sha2_password, REQUIRED",
        "mysql_native_password, DISABLED",
        "mysql_native_password, REQUIRED"
    })
    void shouldLogIn(String plugin, TlsOptions.Mode mode) throws Exception {
        createUser("WITH " + plugin + " BY 'secret'");

        captures(options(TlsOptions.of(mode)).build(), 1);
        captures(options(TlsOptions.of(mode)).build(), 2);
    }

    @Test
    void shouldNotTryAWayToLogInThatItDoesNotKnowAgainAndAgain() throws Exception {
        createUser("WITH sha256_password BY 'secret'");

        assertThatThrownBy(() -> Captured.start(
                                options(TlsOptions.of(TlsOptions.Mode.REQUIRED)).build())
                        .join())
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("sha256_password")
                .hasMessageContaining("ALTER USER");
    }

    @Test
    void shouldShowItsOwnCertificate() throws Exception {
        createUser("BY 'secret' REQUIRE X509");
        TlsOptions.Builder tls = TlsOptions.builder(TlsOptions.Mode.VERIFY_IDENTITY)
                .trustStore(certificates.trustStore(), Certificates.PASSWORD);

        assertThatThrownBy(() -> Captured.start(options(tls.build()).build()).join())
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("Access denied");
        tls.keyStore(certificates.keyStore("client"), Certificates.PASSWORD);
        captures(options(tls.build()).build(), 1);
    }

    @Test
    void shouldRefuseACertificateOfAnotherHost() throws Exception {
        createUser("BY 'secret'");
        use("elsewhere");
        TlsOptions ofAuthority = TlsOptions.builder(TlsOptions.Mode.VERIFY_CA)
                .trustStore(certificates.trustStore(), Certificates.PASSWORD)
                .build();
        TlsOptions ofHost = TlsOptions.builder(TlsOptions.Mode.VERIFY_IDENTITY)
                .trustStore(certificates.trustStore(), Certificates.PASSWORD)
                .build();

        captures(options(ofAuthority).build(), 1);
        assertThatThrownBy(() -> Captured.start(options(ofHost).build()).join())
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("certificate of 127.0.0.1");
    }

    /** The connection that there is stays; the next one is refused, and not tried for ever. */
    @Test
    void shouldEndWhenTheServerChangesToACertificateThatIsNotAccepted() throws Exception {
        createUser("BY 'secret'");
        try (FaultyProxy proxy = FaultyProxy.before(server.host(), server.port())) {
            TlsOptions tls = TlsOptions.builder(TlsOptions.Mode.VERIFY_IDENTITY)
                    .trustStore(certificates.trustStore(), Certificates.PASSWORD)
                    .build();
            MySqlOptions options =
                    options(tls).host(proxy.host()).port(proxy.port()).build();
            try (Captured captured = Captured.start(options).streaming()) {
                use("elsewhere");
                server.executeIn(database, "INSERT INTO t VALUES (1)");
                await().until(() -> captured.ids().size() == 1);
                proxy.cutAll();

                assertThatThrownBy(captured::join)
                        .isInstanceOf(PermanentException.class)
                        .hasMessageContaining("certificate of 127.0.0.1");
            }
        }
    }

    @Test
    void shouldGoOnWhenTheServerChangesToAnotherCertificateThatIsAccepted() throws Exception {
        createUser("BY 'secret'");
        try (FaultyProxy proxy = FaultyProxy.before(server.host(), server.port())) {
            TlsOptions tls = TlsOptions.builder(TlsOptions.Mode.VERIFY_IDENTITY)
                    .trustStore(certificates.trustStore(), Certificates.PASSWORD)
                    .build();
            MySqlOptions options = options(tls)
                    .host(proxy.host())
                    .port(proxy.port())
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
            try (Captured captured = Captured.start(options).streaming()) {
                use("renewed");
                proxy.cutAll();
                server.executeIn(database, "INSERT INTO t VALUES (1)");

                await().until(() -> captured.ids().size() == 1);
            }
        }
    }

    @Test
    void shouldSayThatThePasswordHasExpired() throws Exception {
        createUser("BY 'secret' PASSWORD EXPIRE");

        assertThatThrownBy(() -> Captured.start(
                                options(TlsOptions.of(TlsOptions.Mode.REQUIRED)).build())
                        .join())
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("expired");
    }
}
