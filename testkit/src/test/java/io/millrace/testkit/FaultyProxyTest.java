// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FaultyProxyTest {

    private ServerSocket server;
    private FaultyProxy proxy;

    @BeforeEach
    void startEcho() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread echo = new Thread(this::echo, "echo");
        echo.setDaemon(true);
        echo.start();
        proxy = FaultyProxy.before("127.0.0.1", server.getLocalPort());
    }

    private void echo() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread copy = new Thread(() -> {
                    try (client) {
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException e) {
                        // The client went away.
                    }
                });
                copy.setDaemon(true);
                copy.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    @AfterEach
    void shouldLeaveNoThreadBehind() throws IOException {
        proxy.close();
        server.close();
        Set<String> left = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("faulty-proxy"))
                .collect(Collectors.toSet());
        assertThat(left).isEmpty();
    }

    @Test
    void shouldForwardBothWays() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(new byte[] {1, 2, 3});

            assertThat(client.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
            assertThat(proxy.connections()).isEqualTo(1);
            assertThat(proxy.bytesFromServer()).isEqualTo(3);
        }
    }

    @Test
    void shouldCutAtTheByteThatIsAskedFor() throws IOException {
        try (Socket client = connect()) {
            proxy.cutAfter(5);
            client.getOutputStream().write(new byte[10]);

            assertThat(bytesUntilCut(client)).isLessThanOrEqualTo(5);
            assertThat(proxy.bytesFromServer()).isEqualTo(5);
        }
        try (Socket client = connect()) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void shouldCutAllConnections() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            client.getInputStream().read();

            proxy.cutAll();

            assertThat(bytesUntilCut(client)).isZero();
        }
    }

    @Test
    void shouldSwallowEverythingUntilItIsHealed() throws IOException {
        try (Socket client = connect()) {
            proxy.blackHole();
            client.getOutputStream().write(9);
            client.setSoTimeout(300);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            proxy.heal();
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo(9);
        }
    }

    @Test
    void shouldRefuseNewConnections() throws IOException {
        proxy.refuse();

        try (Socket client = connect()) {
            assertThat(bytesUntilCut(client)).isZero();
        }
        assertThat(proxy.connections()).isZero();
    }

    private Socket connect() throws IOException {
        return new Socket(proxy.host(), proxy.port());
    }

    private static int bytesUntilCut(Socket client) {
        int count = 0;
        try {
            InputStream in = client.getInputStream();
            while (in.read() >= 0) {
                count++;
            }
        } catch (IOException e) {
            // The reset that is waited for.
        }
        return count;
    }
}
