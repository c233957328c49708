// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Findings;
import io.millrace.core.PipelineOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The server to capture from, and how. Immutable; its text holds no secrets. */
public final class MySqlOptions {

    /** Ids that are made from a pipeline's id begin here, well above those that people give servers. */
    private static final long FIRST_DERIVED_SERVER_ID = 1_000_000_000L;

    private static final long LAST_SERVER_ID = 0xffff_ffffL;

    private final String host;
    private final int port;
    private final String user;
    private final String password;
    private final TlsOptions tls;
    private final StartFrom startFrom;
    private final long serverId;
    private final Duration connectTimeout;
    private final Duration heartbeat;
    private final Duration catchUpTimeout;
    private final LostTransactions lostTransactions;
    private final long maxRowBytes;
    private final StatementDml statementDml;
    private final InvalidText invalidText;
    private final @Nullable Path schemaHistory;
    private final PipelineOptions pipeline;

    private MySqlOptions(Builder builder, StartFrom startFrom, PipelineOptions pipeline) {
        this.host = builder.host;
        this.port = builder.port;
        this.user = builder.user;
        this.password = builder.password;
        this.tls = builder.tls;
        this.startFrom = startFrom;
        this.serverId = builder.serverId == null ? derivedServerId(pipeline.id()) : builder.serverId;
        this.connectTimeout = builder.connectTimeout;
        this.heartbeat = builder.heartbeat;
        this.catchUpTimeout = builder.catchUpTimeout;
        this.lostTransactions = builder.lostTransactions;
        this.maxRowBytes = builder.maxRowBytes;
        this.statementDml = builder.statementDml;
        this.invalidText = builder.invalidText;
        this.schemaHistory = builder.schemaHistory;
        this.pipeline = pipeline;
    }

    public static Builder builder() {
        return new Builder();
    }

    private static long derivedServerId(String pipeline) {
        CRC32 crc = new CRC32();
        crc.update(pipeline.getBytes(StandardCharsets.UTF_8));
        return FIRST_DERIVED_SERVER_ID + crc.getValue() % (LAST_SERVER_ID - FIRST_DERIVED_SERVER_ID + 1);
    }

    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    public String user() {
        return user;
    }

    public String password() {
        return password;
    }

    public TlsOptions tls() {
        return tls;
    }

    public StartFrom startFrom() {
        return startFrom;
    }

    /** {@return the id under which the server knows this reader} */
    public long serverId() {
        return serverId;
    }

    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** {@return how often an idle server says that it is alive; after three of them it is given up} */
    public Duration heartbeat() {
        return heartbeat;
    }

    /** {@return how long a server may lack what was read from another} */
    public Duration catchUpTimeout() {
        return catchUpTimeout;
    }

    public LostTransactions lostTransactions() {
        return lostTransactions;
    }

    /** {@return bytes of the largest row that is read} */
    public long maxRowBytes() {
        return maxRowBytes;
    }

    public StatementDml statementDml() {
        return statementDml;
    }

    public InvalidText invalidText() {
        return invalidText;
    }

    /** {@return where the history of the tables is kept; null if none is} */
    public @Nullable Path schemaHistory() {
        return schemaHistory;
    }

    public PipelineOptions pipeline() {
        return pipeline;
    }

    @Override
    public String toString() {
        return "MySqlOptions[" + user + "@" + host + ":" + port + ", tls=" + tls + ", startFrom=" + startFrom
                + ", serverId=" + serverId + ", connectTimeout=" + connectTimeout + ", heartbeat=" + heartbeat
                + ", catchUpTimeout=" + catchUpTimeout + ", lostTransactions=" + lostTransactions
                + ", maxRowBytes=" + maxRowBytes + ", statementDml=" + statementDml + ", invalidText=" + invalidText
                + ", schemaHistory=" + schemaHistory + ", pipeline=" + pipeline + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private String host = "localhost";
        private int port = 3306;
        private String user = "";
        private String password = "";
        private TlsOptions tls = TlsOptions.of(TlsOptions.Mode.PREFERRED);
        private @Nullable StartFrom startFrom;
        private @Nullable Long serverId;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration heartbeat = Duration.ofSeconds(5);
        private Duration catchUpTimeout = Duration.ofSeconds(30);
        private LostTransactions lostTransactions = LostTransactions.STOP;
        private long maxRowBytes = Math.max(1 << 20, Runtime.getRuntime().maxMemory() / 8);
        private StatementDml statementDml = StatementDml.STOP;
        private InvalidText invalidText = InvalidText.REFUSE;
        private @Nullable Path schemaHistory;
        private @Nullable PipelineOptions pipeline;

        private Builder() {}

        /** Default {@code localhost}. */
        public Builder host(String value) {
            this.host = Objects.requireNonNull(value, "host");
            return this;
        }

        /** Default 3306. */
        public Builder port(int value) {
            this.port = value;
            return this;
        }

        /** Required. The user needs REPLICATION SLAVE and REPLICATION CLIENT. */
        public Builder user(String value) {
            this.user = Objects.requireNonNull(value, "user");
            return this;
        }

        /** Default empty. */
        public Builder password(String value) {
            this.password = Objects.requireNonNull(value, "password");
            return this;
        }

        /** Default {@link TlsOptions.Mode#PREFERRED}; use VERIFY_IDENTITY in production. */
        public Builder tls(TlsOptions value) {
            this.tls = Objects.requireNonNull(value, "tls");
            return this;
        }

        /** Where to begin when there is no checkpoint. Required. */
        public Builder startFrom(StartFrom value) {
            this.startFrom = Objects.requireNonNull(value, "startFrom");
            return this;
        }

        /**
         * The id under which the server knows this reader; no other reader or server may have it.
         * Default: 1,000,000,000 plus the CRC-32 of the pipeline's id, modulo what is left of 32 bits.
         */
        public Builder serverId(long value) {
            this.serverId = value;
            return this;
        }

        /** How long a connection may take to be made. Default 10 s. */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = Objects.requireNonNull(value, "connectTimeout");
            return this;
        }

        /** How often an idle server says that it is alive; after three it is given up. Default 5 s. */
        public Builder heartbeat(Duration value) {
            this.heartbeat = Objects.requireNonNull(value, "heartbeat");
            return this;
        }

        /**
         * How long a server may lack transactions that were read before, by GTIDs, from another, as a replica that
         * lags does, also at the start of a run. After that, {@link #lostTransactions} decides. Default 30 s, at most
         * an hour, 0 for not at all.
         */
        public Builder catchUpTimeout(Duration value) {
            this.catchUpTimeout = Objects.requireNonNull(value, "catchUpTimeout");
            return this;
        }

        /** What happens when a server has lost what was read. Default {@link LostTransactions#STOP}. */
        public Builder lostTransactions(LostTransactions value) {
            this.lostTransactions = Objects.requireNonNull(value, "lostTransactions");
            return this;
        }

        /**
         * The largest row that is read, in bytes as the binlog holds it (both images of an update
         * together). A larger one stops the run before it is put in memory. Default an eighth of the heap.
         */
        public Builder maxRowBytes(long value) {
            this.maxRowBytes = value;
            return this;
        }

        /** What is done with data statements that are logged as text. Default {@link StatementDml#STOP}. */
        public Builder statementDml(StatementDml value) {
            this.statementDml = Objects.requireNonNull(value, "statementDml");
            return this;
        }

        /** What is done with bytes that are no text. Default {@link InvalidText#REFUSE}. */
        public Builder invalidText(InvalidText value) {
            this.invalidText = Objects.requireNonNull(value, "invalidText");
            return this;
        }

        /**
         * The directory that keeps what the tables looked like along the log, for a server whose log does not say it:
         * MySQL 5.7, or {@code binlog_row_metadata=MINIMAL}, or MariaDB's {@code NO_LOG}. It must outlast the process as the checkpoints do;
         * several pipelines may share it. Nothing is written to it while the server has {@code FULL}. Default: none,
         * and the server must have {@code FULL}.
         */
        public Builder schemaHistory(Path directory) {
            this.schemaHistory = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** What every pipeline has. Required. */
        public Builder pipeline(PipelineOptions value) {
            this.pipeline = Objects.requireNonNull(value, "pipeline");
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with everything that is wrong */
        public MySqlOptions build() {
            Findings findings = new Findings();
            findings.require(!host.isBlank(), "host", host, "must not be blank");
            findings.require(port >= 1 && port <= 65_535, "port", port, "must be from 1 to 65535");
            findings.require(!user.isEmpty(), "user", user, "is required");
            StartFrom start = startFrom;
            if (start == null) {
                findings.add(
                        "startFrom",
                        "not set",
                        "is required",
                        "say where to begin without a checkpoint: StartFrom.latest(), earliest(), gtids(...) or file(...)");
            }
            PipelineOptions pipe = pipeline;
            if (pipe == null) {
                findings.add("pipeline", "not set", "is required", "pass PipelineOptions.builder(id)...build()");
            }
            Long id = serverId;
            if (id != null) {
                findings.require(id >= 1 && id <= LAST_SERVER_ID, "serverId", id, "must be from 1 to 4294967295");
            }
            findings.require(isTime(connectTimeout), "connectTimeout", connectTimeout, "must be 1 ms to 1 h");
            findings.require(isTime(heartbeat), "heartbeat", heartbeat, "must be 1 ms to 1 h");
            findings.require(
                    catchUpTimeout.isZero() || isTime(catchUpTimeout),
                    "catchUpTimeout",
                    catchUpTimeout,
                    "must be 0, or 1 ms to 1 h");
            findings.require(maxRowBytes >= 1024, "maxRowBytes", maxRowBytes, "must be at least 1024");
            findings.throwIfAny("MySqlOptions");
            return new MySqlOptions(this, Objects.requireNonNull(start), Objects.requireNonNull(pipe));
        }

        private static boolean isTime(Duration value) {
            return value.toMillis() >= 1 && value.compareTo(Duration.ofHours(1)) <= 0;
        }
    }
}
