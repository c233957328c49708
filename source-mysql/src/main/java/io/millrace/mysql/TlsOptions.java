// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Findings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how the connection is encrypted. In production use {@link Mode#VERIFY_IDENTITY}: the
 * modes up to REQUIRED encrypt, but talk to whoever answers. Immutable; its text holds no secrets.
 */
public final class TlsOptions {

    /** How much is asked of the server, from least to most. */
    public enum Mode {
        /** Never encrypted. */
        DISABLED,
        /** Encrypted if the server can; its certificate is not looked at. */
        PREFERRED,
        /** Encrypted or not at all; the certificate is not looked at. */
        REQUIRED,
        /** The certificate must be signed by an authority of the trust store. */
        VERIFY_CA,
        /** Also, the certificate must be made out for the host's name. */
        VERIFY_IDENTITY
    }

    private final Mode mode;
    private final @Nullable Path trustStore;
    private final @Nullable String trustStorePassword;
    private final @Nullable Path keyStore;
    private final @Nullable String keyStorePassword;

    private TlsOptions(Builder builder) {
        this.mode = builder.mode;
        this.trustStore = builder.trustStore;
        this.trustStorePassword = builder.trustStorePassword;
        this.keyStore = builder.keyStore;
        this.keyStorePassword = builder.keyStorePassword;
    }

    /** {@return options of that mode; authorities are the JDK's} */
    public static TlsOptions of(Mode mode) {
        return builder(mode).build();
    }

    public static Builder builder(Mode mode) {
        return new Builder(mode);
    }

    public Mode mode() {
        return mode;
    }

    /** {@return key store of trusted authorities; null for the JDK's own} */
    public @Nullable Path trustStore() {
        return trustStore;
    }

    public @Nullable String trustStorePassword() {
        return trustStorePassword;
    }

    /** {@return key store with the client's certificate; null for none} */
    public @Nullable Path keyStore() {
        return keyStore;
    }

    public @Nullable String keyStorePassword() {
        return keyStorePassword;
    }

    @Override
    public String toString() {
        return "TlsOptions[mode=" + mode + ", trustStore=" + trustStore + ", keyStore=" + keyStore + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private final Mode mode;
        private @Nullable Path trustStore;
        private @Nullable String trustStorePassword;
        private @Nullable Path keyStore;
        private @Nullable String keyStorePassword;

        private Builder(Mode mode) {
            this.mode = Objects.requireNonNull(mode, "mode");
        }

        /** Authorities that are trusted: a PKCS12 or JKS file. Default: the JDK's. */
        public Builder trustStore(Path file, String password) {
            this.trustStore = Objects.requireNonNull(file, "file");
            this.trustStorePassword = Objects.requireNonNull(password, "password");
            return this;
        }

        /** The client's own certificate and key: a PKCS12 or JKS file. Default: none. */
        public Builder keyStore(Path file, String password) {
            this.keyStore = Objects.requireNonNull(file, "file");
            this.keyStorePassword = Objects.requireNonNull(password, "password");
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with everything that is wrong */
        public TlsOptions build() {
            Findings findings = new Findings();
            readable(findings, "trustStore", trustStore);
            readable(findings, "keyStore", keyStore);
            findings.throwIfAny("TlsOptions");
            return new TlsOptions(this);
        }

        private static void readable(Findings findings, String setting, @Nullable Path file) {
            if (file != null && !Files.isReadable(file)) {
                findings.add(setting, "'" + file + "'", "must be a readable file", "");
            }
        }
    }
}
