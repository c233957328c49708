// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.TargetFailedException;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.RedisExtension;
import io.millrace.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The quickstart as users run it, and what they get wrong at first. */
@ExtendWith({MySqlExtension.class, KafkaExtension.class, RedisExtension.class})
class QuickstartIT {

    @Test
    void shouldBringEveryChangeBack(MySqlServer server, KafkaBroker broker) throws Exception {
        assertThat(Quickstart.run(arguments(server, broker.bootstrapServers(), "")))
                .isTrue();
    }

    @Test
    void shouldBringEveryStatementToTheTopicsOfItsTables(MySqlServer server, KafkaBroker broker) throws Exception {
        assertThat(StatementsToTopics.run(arguments(server, broker.bootstrapServers(), "")))
                .isTrue();
    }

    @Test
    void shouldBringEveryChangeToKafkaAndRedis(MySqlServer server, KafkaBroker broker) throws Exception {
        assertThat(FanOut.run(arguments(server, broker.bootstrapServers(), ""))).isTrue();
    }

    @Test
    void shouldMirrorATableInRedis(MySqlServer server, RedisServer redis) throws Exception {
        assertThat(MySqlToRedisMirror.run(server, redis)).isTrue();
    }

    @Test
    void shouldSayThatThePasswordIsWrong(MySqlServer server, KafkaBroker broker) {
        assertThatThrownBy(() -> Quickstart.run(arguments(server, broker.bootstrapServers(), "wrong")))
                .hasMessageContaining("Access denied for user 'root'")
                .hasMessageContaining("Check user, password");
    }

    @Test
    void shouldSayThatNoBrokerAnswers(MySqlServer server) {
        assertThatThrownBy(() -> Quickstart.run(arguments(server, "127.0.0.1:1", "")))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("Check bootstrapServers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --mysql                            | --mysql needs a value
            --mysql mysql://host/db            | --mysql needs a user, a host and a database
            --mysql jdbc:mysql://u:p@host/db   | --mysql needs a user, a host and a database
            --nonsense                         | unknown argument --nonsense
            """)
    void shouldSayWhatIsWrongWithTheArguments(String arguments, String message) {
        assertThatThrownBy(() -> QuickstartArguments.parse(arguments.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("usage: quickstart");
    }

    @Test
    void shouldSayWhereATemplateIsMalformed() {
        assertThatThrownBy(() -> KafkaOptions.builder("localhost:9092")
                        .topic("a.%{/table")
                        .build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("a.%{/table");
    }

    @Test
    void shouldAskForAStart() {
        assertThatThrownBy(() -> MySqlOptions.builder()
                        .user("root")
                        .pipeline(pipeline(new InMemoryCheckpointStore()))
                        .build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("startFrom was not set but it is required")
                .hasMessageContaining("StartFrom.latest()");
    }

    @Test
    void shouldRefuseADamagedCheckpoint(MySqlServer server, KafkaBroker broker, @TempDir Path folder) throws Exception {
        String database = server.createDatabase();
        try (var processor = processor(server, broker, folder);
                var capture = Capture.start(processor)) {
            processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30));
            server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
            processor.awaitDelivered(MySqlPosition.gtids(server.executedGtids()), Duration.ofSeconds(30));
            capture.throwIfFailed();
        }
        Path file = folder.resolve("orders.kafka.checkpoint");
        Files.writeString(file, Files.readString(file).replace("\"transaction\":", "\"transaction\":1"));

        assertThatThrownBy(() -> processor(server, broker, folder).run())
                .isInstanceOf(TargetFailedException.class)
                .hasCauseInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("Restore it from a backup");
    }

    private static MySqlBinlogProcessor processor(MySqlServer server, KafkaBroker broker, Path folder) {
        MySqlOptions source = MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .startFrom(StartFrom.latest())
                .pipeline(pipeline(new FileCheckpointStore(folder)))
                .build();
        KafkaTarget kafka =
                new KafkaTarget(KafkaOptions.builder(broker.bootstrapServers()).build());
        return new MySqlBinlogProcessor(source, List.of(kafka));
    }

    private static PipelineOptions pipeline(io.millrace.core.checkpoint.CheckpointStore store) {
        return PipelineOptions.builder("orders").checkpoints(store).build();
    }

    private static QuickstartArguments arguments(MySqlServer server, String kafka, String password) throws Exception {
        String database = server.createDatabase();
        return QuickstartArguments.parse(new String[] {
            "--mysql",
            "mysql://root:" + password + "@" + server.host() + ":" + server.port() + "/" + database,
            "--kafka",
            kafka
        });
    }
}
