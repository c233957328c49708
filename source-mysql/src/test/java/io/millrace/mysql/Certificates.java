// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** An authority that signs certificates for tests, by the JDK's keytool. */
final class Certificates {

    static final String PASSWORD = "changeit";

    private final Path folder;
    private final List<String> commands = new ArrayList<>();

    /** @param names of certificates, each with the alternative name that is in it */
    Certificates(Path folder, Map<String, String> names) throws Exception {
        this.folder = folder;
        generate("ca", "CN=authority", "-ext", "bc:c");
        keytool("-exportcert", "-rfc", "-alias", "ca", "-file", pem("ca").toString(), "-keystore", store("ca"));
        trustAuthority("trust");
        names.forEach(this::sign);
        runAll();
        for (String name : names.keySet()) {
            writeKey(name);
        }
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

    private void sign(String name, String alternativeName) {
        generate(name, "CN=" + name);
        String request = folder.resolve(name + ".csr").toString();
        String signed = pem(name).toString();
        keytool("-certreq", "-alias", name, "-file", request, "-keystore", store(name));
        keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-infile",
                request,
                "-outfile",
                signed,
                "-ext",
                "san=" + alternativeName,
                "-keystore",
                store("ca"));
        trustAuthority(name);
        keytool("-importcert", "-noprompt", "-alias", name, "-file", signed, "-keystore", store(name));
    }

    private void trustAuthority(String name) {
        keytool("-importcert", "-noprompt", "-alias", "ca", "-file", pem("ca").toString(), "-keystore", store(name));
    }

    private void generate(String name, String subject, String... more) {
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
        keytool(arguments.toArray(String[]::new));
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

    private void keytool(String... arguments) {
        commands.addAll(List.of(arguments));
        commands.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12", Keytool.END));
    }

    private void runAll() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--add-exports",
                "java.base/sun.security.tools.keytool=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Keytool.class.getName()));
        command.addAll(commands);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(output));
        }
    }

    /** Runs the JDK's keytool again and again in one process: to start it takes longer than what it does. */
    static final class Keytool {

        /** Ends each command. */
        static final String END = ";";

        private Keytool() {}

        public static void main(String[] commands) throws Exception {
            Method main = Class.forName("sun.security.tools.keytool.Main").getMethod("main", String[].class);
            int begin = 0;
            for (int i = 0; i < commands.length; i++) {
                if (commands[i].equals(END)) {
                    main.invoke(null, (Object) Arrays.copyOfRange(commands, begin, i));
                    begin = i + 1;
                }
            }
        }
    }
}
