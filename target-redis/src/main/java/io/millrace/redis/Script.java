// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/** The Lua scripts that the server runs: each is one step for everybody who looks. */
enum Script {
    TAKE("guard"),
    CONFIRM("guard"),
    CHECKPOINT("guard"),
    ADMIT("guard", "streams"),
    SETTLE("guard", "streams"),
    HEIGHTS("streams"),
    MIRROR("guard"),
    CLEAR("guard");

    private final byte[] text;
    private final byte[] digest;

    /** @param parts what its text begins with */
    Script(String... parts) {
        StringBuilder whole = new StringBuilder();
        for (String part : parts) {
            whole.append(read(part));
        }
        text = whole.append(read(name().toLowerCase(Locale.ROOT))).toString().getBytes(UTF_8);
        digest = sha1(text);
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + ".lua is missing from the jar");
            }
            // Some go over the wire with every batch.
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] sha1(byte[] text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text))
                    .getBytes(UTF_8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-1", e);
        }
    }

    byte[] text() {
        return text;
    }

    /** {@return by which the server knows it, once it has been loaded} */
    byte[] digest() {
        return digest;
    }
}
