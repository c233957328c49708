// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import com.mongodb.client.model.changestream.FullDocument;
import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mongo.MongoOptions;
import io.millrace.mongo.MongoStreamProcessor;
import io.millrace.mongo.StartFrom;
import io.millrace.mongo.WatchScope;
import io.millrace.testkit.KafkaBroker;
import java.time.Duration;
import java.util.List;
import org.bson.BsonDocument;

/**
 * From a collection of MongoDB to a topic of Kafka, and back: your replica set, or a scripted one, which is a fake.
 * Ends with status 0 only if an insert, an update and a delete came back in this order.
 */
public final class MongoToKafka {

    private MongoToKafka() {}

    // tag::processor[]
    /** Prints each change on its way, and how far all of them are stored. */
    static final class People extends MongoStreamProcessor {

        People(MongoOptions source, List<? extends Target> targets) {
            super(source, targets);
        }

        @Override
        protected Record process(Record record) {
            System.out.println("captured " + record.toJson());
            return record;
        }

        @Override
        protected void saveResumeToken(BsonDocument token) {
            System.out.println("stored up to " + token.toJson());
        }
    }
    // end::processor[]

    public static void main(String[] args) {
        int status;
        try {
            status = run(MongoToKafkaArguments.parse(args)) ? 0 : 1;
        } catch (Exception e) {
            System.err.println("mongo-to-kafka: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /** {@return whether all changes came back} */
    static boolean run(MongoToKafkaArguments arguments) throws Exception {
        try (PeopleCollection people = PeopleCollection.of(arguments.mongo())) {
            String kafka = arguments.kafka();
            if (kafka != null) {
                return run(people, kafka);
            }
            System.out.println("Starting Kafka...");
            try (KafkaBroker broker = KafkaBroker.start()) {
                return run(people, broker.bootstrapServers());
            }
        }
    }

    // tag::options[]
    private static MongoOptions source(String uri, String database) {
        return MongoOptions.builder()
                .uri(uri)
                .watch(WatchScope.collection(database, "people"))
                .fullDocument(FullDocument.UPDATE_LOOKUP)
                .startFrom(StartFrom.latest())
                .pipeline(PipelineOptions.builder("people")
                        .checkpoints(new InMemoryCheckpointStore())
                        .build())
                .build();
    }
    // end::options[]

    private static boolean run(PeopleCollection people, String kafka) throws Exception {
        MongoOptions source = source(people.uri(), people.database());
        KafkaTarget topic = new KafkaTarget(KafkaOptions.builder(kafka)
                .topic("%{/schema_name}_%{/table_name}")
                .build());
        try (People processor = new People(source, List.of(topic));
                Capture capture = Capture.start(processor)) {
            processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(60));
            capture.throwIfFailed();
            int written = people.change();
            TopicPrinter printer = new TopicPrinter(kafka, people.database(), List.of(PeopleCollection.NAME));
            int consumed = printer.print(written, Duration.ofSeconds(60), capture::isRunning);
            capture.throwIfFailed();
            boolean complete = consumed == written && printer.isInOrder();
            System.out.printf(
                    "%n%d of %d changes came back%s%s%n",
                    consumed,
                    written,
                    complete ? ", in order" : "",
                    people.isScripted() ? " from a scripted server" : "");
            return complete;
        }
    }
}
