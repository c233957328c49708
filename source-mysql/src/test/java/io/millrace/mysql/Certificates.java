// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority that signs certificates for tests, by the JDK's keytool. */
final class Certificates {

    static final String PASSWORD = "changeit";

    private final Path folder;

    Certificates(Path folder) throws Exception {
        this.folder = folder;
        generate("ca", "CN=authority", "-ext", "bc:c");
        run(
                "-exportcert",
                "-rfc",
                "-alias",
                "ca",
                "-keystore",
                store("ca"),
                "-file",
                pem("ca").toString());
        run("-importcert", "-noprompt", "-alias", "ca", "-file", pem("ca").toString(), "-keystore", store("trust"));
    }

    /** {@return a store that trusts the authority} */
    Path trustStore() {
        return folder.resolve("trust.p12");
    }

    /** {@return a store with a certificate and its key} */
    Path keyStore(String name) {
        return folder.resolve(name + ".p12");
    }

    /** {@return the certificate as the server wants it} */
    Path pem(String name) {
        return folder.resolve(name + ".pem");
    }

    /** {@return the key of that certificate, as the server wants it} */
    Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** Makes a certificate. */
    void sign(String name, String alternativeName) throws Exception {
        generate(name, "CN=" + name);
        Path request = folder.resolve(name + ".csr");
        run("-certreq", "-alias", name, "-keystore", store(name), "-file", request.toString());
        run(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-keystore",
                store("ca"),
                "-infile",
                request.toString(),
                "-outfile",
                pem(name).toString(),
                "-ext",
                "san=" + alternativeName);
        run("-importcert", "-noprompt", "-alias", "ca", "-file", pem("ca").toString(), "-keystore", store(name));
        run("-importcert", "-noprompt", "-alias", name, "-file", pem(name).toString(), "-keystore", store(name));
        writeKey(name);
    }

    private void generate(String name, String subject, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                subject,
                "-keystore",
                store(name)));
        arguments.addAll(List.of(more));
        run(arguments.toArray(String[]::new));
    }

    private void writeKey(String name) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(keyStore(name).toFile(), PASSWORD.toCharArray());
        Key key = store.getKey(name, PASSWORD.toCharArray());
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        Files.writeString(key(name), "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n");
    }

    private String store(String name) {
        return keyStore(name).toString();
    }

    private void run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + Files.readString(output));
        }
    }
}
