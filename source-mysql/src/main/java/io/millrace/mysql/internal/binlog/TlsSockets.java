// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import com.github.shyiko.mysql.binlog.network.SSLSocketFactory;
import io.millrace.core.PermanentException;
import io.millrace.mysql.TlsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes a plain connection an encrypted one, as {@link TlsOptions} say. Used for one connection. */
final class TlsSockets implements SSLSocketFactory {

    private final TlsOptions options;
    private final String host;
    private @Nullable SSLSocket made;

    TlsSockets(TlsOptions options, String host) {
        this.options = options;
        this.host = host;
    }

    @Override
    public SSLSocket createSocket(Socket plain) throws SocketException {
        try {
            SSLSocket socket =
                    (SSLSocket) context().getSocketFactory().createSocket(plain, host, plain.getPort(), false);
            if (options.mode() == TlsOptions.Mode.VERIFY_IDENTITY) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            made = socket;
            return socket;
        } catch (GeneralSecurityException e) {
            throw new PermanentException("TLS cannot be set up: " + e.getMessage() + " (" + options + ")", e);
        } catch (IOException e) {
            SocketException failure = new SocketException("TLS failed: " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** {@return the decrypted bytes of the socket that was made} */
    InputStream input() throws IOException {
        return Objects.requireNonNull(made, "no socket was made").getInputStream();
    }

    private SSLContext context() throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers(), trustManagers(), null);
        return context;
    }

    private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
        Path file = options.keyStore();
        String password = options.keyStorePassword();
        if (file == null || password == null) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(load(file, password), password.toCharArray());
        return factory.getKeyManagers();
    }

    private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
        if (options.mode().compareTo(TlsOptions.Mode.VERIFY_CA) < 0) {
            return new TrustManager[] {new TrustAll()};
        }
        Path file = options.trustStore();
        String password = options.trustStorePassword();
        if (file == null || password == null) {
            return null;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(load(file, password));
        return factory.getTrustManagers();
    }

    private static KeyStore load(Path file, String password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password.toCharArray());
        }
        return store;
    }

    /** For the modes that encrypt without asking whom they talk to. */
    private static final class TrustAll implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException("this side is never a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // PREFERRED and REQUIRED do not look at the certificate: their documentation says so.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
