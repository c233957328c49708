// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Findings;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.Statement;
import io.millrace.core.TableSchema;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of Debezium's connectors for MySQL and MariaDB as Kafka Connect's JSON converter writes it: {@code before},
 * {@code after}, {@code source}, {@code transaction}, {@code op}, and when it was written; with the schema that describes
 * it, or without. A statement becomes an event of Debezium's schema change topic, TRUNCATE one with {@code op} {@code t}.
 *
 * <p>Source: Debezium documentation 3.x, "Debezium connector for MySQL", "Data change events" and "Data type mappings";
 * options are named as its {@code *.handling.mode} and {@code time.precision.mode}. Immutable and thread-safe.
 */
public final class DebeziumJson implements Format {

    /** The version of Debezium whose envelope this is, as {@code source.version} tells it. */
    public static final String VERSION = "3.6.1.Final";

    /** Whose envelope it is. */
    public enum Connector {
        MYSQL,
        MARIADB
    }

    /** What a DECIMAL becomes: Debezium's {@code decimal.handling.mode}. */
    public enum DecimalHandling {
        /** The bytes of the unscaled number, in base64; its scale is in the schema. */
        PRECISE,
        /** A string of digits. */
        STRING,
        /** A number, which readers take for a double. It is written with all its digits. */
        DOUBLE
    }

    /** What DATE, TIME and DATETIME become: Debezium's {@code time.precision.mode}. */
    public enum TimePrecision {
        /**
         * Days; microseconds for TIME; milliseconds for DATETIME of up to three digits of the second, microseconds for
         * those of more.
         */
        ADAPTIVE_TIME_MICROSECONDS,
        /**
         * Kafka Connect's own types: days and milliseconds. A TIME below 0 or of a day and more has no form in them: its
         * record is refused.
         */
        CONNECT
    }

    /** What a BIGINT UNSIGNED becomes: Debezium's {@code bigint.unsigned.handling.mode}. */
    public enum BigintUnsignedHandling {
        /** A number of 64 bits, which is below 0 for values from 2<sup>63</sup> on. */
        LONG,
        /** The bytes of the number, in base64. */
        PRECISE
    }

    /** What BINARY, VARBINARY and BLOB become: Debezium's {@code binary.handling.mode}. */
    public enum BinaryHandling {
        /** Bytes, which JSON has in base64. */
        BYTES,
        /** A string of base64. */
        BASE64,
        /** A string of base64 with the alphabet for URLs. */
        BASE64_URL_SAFE,
        /** A string of hexadecimal digits. */
        HEX
    }

    private final String topicPrefix;
    private final Connector connector;
    private final boolean keySchema;
    private final boolean valueSchema;
    private final DecimalHandling decimalHandling;
    private final TimePrecision timePrecision;
    private final BigintUnsignedHandling bigintUnsignedHandling;
    private final BinaryHandling binaryHandling;
    private final DebeziumStatements statements;

    private DebeziumJson(Builder builder) {
        this.topicPrefix = builder.topicPrefix;
        this.connector = builder.connector;
        this.keySchema = builder.keySchema;
        this.valueSchema = builder.valueSchema;
        this.decimalHandling = builder.decimalHandling;
        this.timePrecision = builder.timePrecision;
        this.bigintUnsignedHandling = builder.bigintUnsignedHandling;
        this.binaryHandling = builder.binaryHandling;
        this.statements = new DebeziumStatements(this);
    }

    /**
     * @param topicPrefix the logical name of the server, Debezium's {@code topic.prefix}: {@code source.name}, and the
     *     beginning of the schemas' names
     */
    public static Builder builder(String topicPrefix) {
        return new Builder(topicPrefix);
    }

    @Override
    public TableFormat forTable(TableSchema schema) {
        Documents.refuse(schema, "DebeziumJson");
        return new DebeziumTable(this, schema);
    }

    @Override
    public void write(Statement statement, JsonBuffer out) {
        statements.write(statement, out);
    }

    /** The key of the schema change topic: the database. Debezium gives rows without a primary key none. */
    @Override
    public void writeKey(String database, @Nullable String table, JsonBuffer out) {
        statements.writeKey(database, out);
    }

    String topicPrefix() {
        return topicPrefix;
    }

    /** {@return the connector's name, as packages of Debezium have it} */
    String connector() {
        return connector.name().toLowerCase(Locale.ROOT);
    }

    boolean keySchema() {
        return keySchema;
    }

    boolean valueSchema() {
        return valueSchema;
    }

    DecimalHandling decimalHandling() {
        return decimalHandling;
    }

    TimePrecision timePrecision() {
        return timePrecision;
    }

    BigintUnsignedHandling bigintUnsignedHandling() {
        return bigintUnsignedHandling;
    }

    BinaryHandling binaryHandling() {
        return binaryHandling;
    }

    @Override
    public String toString() {
        return "DebeziumJson[topicPrefix=" + topicPrefix + ", connector=" + connector + ", keySchema=" + keySchema
                + ", valueSchema=" + valueSchema + ", decimalHandling=" + decimalHandling + ", timePrecision="
                + timePrecision + ", bigintUnsignedHandling=" + bigintUnsignedHandling + ", binaryHandling="
                + binaryHandling + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private final String topicPrefix;
        private Connector connector = Connector.MYSQL;
        private boolean keySchema = true;
        private boolean valueSchema = true;
        private DecimalHandling decimalHandling = DecimalHandling.PRECISE;
        private TimePrecision timePrecision = TimePrecision.ADAPTIVE_TIME_MICROSECONDS;
        private BigintUnsignedHandling bigintUnsignedHandling = BigintUnsignedHandling.LONG;
        private BinaryHandling binaryHandling = BinaryHandling.BYTES;

        private Builder(String topicPrefix) {
            this.topicPrefix = Objects.requireNonNull(topicPrefix, "topicPrefix");
        }

        /** Whose envelope it is. Default {@link Connector#MYSQL}. */
        public Builder connector(Connector value) {
            this.connector = Objects.requireNonNull(value, "connector");
            return this;
        }

        /**
         * Whether keys are {@code {"schema":...,"payload":...}}, the converter's {@code schemas.enable}. Default true, as
         * the converter's.
         */
        public Builder keySchema(boolean value) {
            this.keySchema = value;
            return this;
        }

        /**
         * Whether values are {@code {"schema":...,"payload":...}}, the converter's {@code schemas.enable}. Default true,
         * as the converter's. Without, an event is several times smaller.
         */
        public Builder valueSchema(boolean value) {
            this.valueSchema = value;
            return this;
        }

        /** Default {@link DecimalHandling#PRECISE}. */
        public Builder decimalHandling(DecimalHandling value) {
            this.decimalHandling = Objects.requireNonNull(value, "decimalHandling");
            return this;
        }

        /** Default {@link TimePrecision#ADAPTIVE_TIME_MICROSECONDS}. */
        public Builder timePrecision(TimePrecision value) {
            this.timePrecision = Objects.requireNonNull(value, "timePrecision");
            return this;
        }

        /** Default {@link BigintUnsignedHandling#LONG}. */
        public Builder bigintUnsignedHandling(BigintUnsignedHandling value) {
            this.bigintUnsignedHandling = Objects.requireNonNull(value, "bigintUnsignedHandling");
            return this;
        }

        /** Default {@link BinaryHandling#BYTES}. */
        public Builder binaryHandling(BinaryHandling value) {
            this.binaryHandling = Objects.requireNonNull(value, "binaryHandling");
            return this;
        }

        /** @throws InvalidOptionsException with everything that is wrong */
        public DebeziumJson build() {
            Findings findings = new Findings();
            findings.require(!topicPrefix.isBlank(), "topicPrefix", topicPrefix, "must name the server, such as shop");
            findings.throwIfAny("DebeziumJson");
            return new DebeziumJson(this);
        }
    }
}
