// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableSchema;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.format.Format;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.PerSchema;
import io.millrace.core.format.TableFormat;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import io.millrace.mysql.TlsOptions;
import io.millrace.redis.RedisCommand;
import io.millrace.redis.RedisOptions;
import io.millrace.redis.RedisTarget;
import java.nio.file.Path;
import java.util.List;

/**
 * This library with default options: to JSON that is thrown away, to Kafka, at least once or exactly once, or
 * to Redis; there the drain ends when the server has acknowledged every row, or committed it.
 */
final class MillraceContestant implements Contestant {

    /** Where it delivers to. */
    enum Output {
        JSON,
        KAFKA,
        KAFKA_EXACTLY_ONCE,
        REDIS_LIST,
        REDIS_STREAM
    }

    private final Output output;

    MillraceContestant(Output output) {
        this.output = output;
    }

    @Override
    public void drain(Job job, Tally tally) throws Exception {
        Format format = new Tallying(tally);
        Target target = switch (output) {
            case JSON -> new JsonTarget(format);
            case KAFKA, KAFKA_EXACTLY_ONCE -> kafka(job, format);
            case REDIS_LIST -> redis(job, format, RedisCommand.RPUSH);
            case REDIS_STREAM -> redis(job, format, RedisCommand.XADD);
        };
        MySqlOptions source = MySqlOptions.builder()
                .port(job.port())
                .host("127.0.0.1")
                .user("root")
                .tls(TlsOptions.of(job.tls() ? TlsOptions.Mode.REQUIRED : TlsOptions.Mode.DISABLED))
                .startFrom(StartFrom.gtids(job.start().gtids()))
                .pipeline(PipelineOptions.builder("benchmark")
                        .checkpoints(
                                job.state().isEmpty()
                                        ? new InMemoryCheckpointStore()
                                        : new FileCheckpointStore(Path.of(job.state())))
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include("bench", job.table())
                                .build())
                        .build())
                .build();
        try (var processor = new MySqlBinlogProcessor(source, List.of(target))) {
            Thread capture = new Thread(processor, "capture");
            capture.start();
            while (delivered(processor) < job.rows() && capture.isAlive()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private Target kafka(Job job, Format format) {
        return new KafkaTarget(KafkaOptions.builder(job.brokers())
                .topic(job.topic())
                .format(format)
                .tombstones(false)
                // Key and value, as the others send them.
                .headers()
                .property("compression.type", "lz4")
                .exactlyOnce(output == Output.KAFKA_EXACTLY_ONCE)
                // The run before, and the one that warms up, are not to be gone on with.
                .checkpointTopic("checkpoints-" + job.topic())
                .build());
    }

    private static Target redis(Job job, Format format, RedisCommand command) {
        return new RedisTarget(RedisOptions.builder(job.brokers())
                .command(command)
                .key(job.topic())
                .format(format)
                .checkpointKey("checkpoints-" + job.topic())
                .build());
    }

    static long delivered(Processor processor) {
        return processor.stats().targets().stream()
                .mapToLong(target -> target.records())
                .sum();
    }

    /** Makes JSON of each record and throws it away. */
    static final class JsonTarget extends Target {

        private final PerSchema<TableFormat> formats;
        private final JsonBuffer json = new JsonBuffer();

        JsonTarget(Format format) {
            super(TargetOptions.named("json"));
            this.formats = new PerSchema<>(format::forTable);
        }

        @Override
        protected void save(List<Record> records) {
            for (Record record : records) {
                json.clear();
                formats.get(record.schema()).write(record, json);
            }
        }
    }

    /** Native JSON, tallied as it is made. */
    record Tallying(Tally tally) implements Format {

        @Override
        public TableFormat forTable(TableSchema schema) {
            TableFormat nativeFormat = NativeJson.INSTANCE.forTable(schema);
            return new TableFormat() {
                @Override
                public void writeKey(RowImage row, JsonBuffer out) {
                    nativeFormat.writeKey(row, out);
                }

                @Override
                public void write(Record record, JsonBuffer out) {
                    int begin = out.length();
                    nativeFormat.write(record, out);
                    int end = out.length();
                    tally.json(out.array(), begin, end);
                }
            };
        }

        @Override
        public void write(Statement statement, JsonBuffer out) {
            NativeJson.INSTANCE.write(statement, out);
        }
    }
}
