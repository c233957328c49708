// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A certificate of 127.0.0.1 that servers for tests have in common, signed by itself, cached. */
public final class ServerCertificate {

    /** Of the store that trusts it. */
    public static final String PASSWORD = "changeit";

    private static final String ALIAS = "server";

    private final Path folder;

    private ServerCertificate(Path folder) {
        this.folder = folder;
    }

    /** {@return the certificate, made now by the JDK's keytool if it was not there} */
    public static ServerCertificate get() throws IOException {
        return new ServerCertificate(Folders.cached("certificate", ServerCertificate::make));
    }

    /** {@return the key, as servers want it} */
    public Path key() {
        return folder.resolve("key.pem");
    }

    /** {@return the certificate, as servers want it} */
    public Path certificate() {
        return folder.resolve("certificate.pem");
    }

    /** {@return a store (PKCS #12) that trusts it, for clients} */
    public Path trustStore() {
        return folder.resolve("trust.p12");
    }

    private static void make(Path folder) throws IOException {
        ServerCertificate made = new ServerCertificate(folder);
        Path store = folder.resolve("server.p12");
        keytool(
                store,
                "-genkeypair",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "36500",
                "-dname",
                "CN=Test server",
                "-ext",
                "san=ip:127.0.0.1");
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            write(
                    made.key(),
                    "PRIVATE KEY",
                    keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            write(made.certificate(), "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException("the server's key cannot be read", e);
        }
        keytool(
                made.trustStore(),
                "-importcert",
                "-noprompt",
                "-file",
                made.certificate().toString());
        Files.delete(store);
    }

    private static void keytool(Path store, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-alias", ALIAS, "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        MySqlInstallation.run(command, Map.of(), ProcessBuilder.Redirect.PIPE);
    }

    private static void write(Path file, String label, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder().encodeToString(content);
        Files.writeString(file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label));
    }
}
