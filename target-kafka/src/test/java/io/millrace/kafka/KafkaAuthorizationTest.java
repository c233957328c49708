// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Batches;
import io.millrace.core.Record;
import io.millrace.core.TableSchema;
import io.millrace.core.TransientException;
import io.millrace.testkit.KafkaBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a broker that asks for permissions answers, and when they are taken away. */
@Timeout(120)
class KafkaAuthorizationTest {

    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = KafkaBroker.builder()
                .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .property("allow.everyone.if.no.acl.found", "true")
                .start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void shouldNameTopicThatMayNotBeWrittenTo() throws Exception {
        Changes changes = new Changes();
        TableSchema orders = Changes.table("guarded", "orders");
        KafkaTarget kafka =
                new KafkaTarget(KafkaOptions.builder(broker.bootstrapServers()).build());
        kafka.open();
        try {
            kafka.save(List.of(changes.insert(orders, 1, "a")));
            deny(AclOperation.WRITE, ResourceType.TOPIC, "guarded.orders");
            Record denied = changes.insert(orders, 2, "b");

            KafkaTopicException failure =
                    catchThrowableOfType(KafkaTopicException.class, () -> kafka.save(List.of(denied)));

            assertThat(failure.topic()).isEqualTo("guarded.orders");
            assertThat(failure)
                    .hasMessageContaining("not allowed")
                    .hasMessageContaining("WRITE")
                    .hasMessageContaining(denied.source().toString());
        } finally {
            kafka.close();
        }
    }

    /** It could be of somebody who will end it. */
    @Test
    void shouldNotCallATransactionHangingThatItMayNotAskFor() throws Exception {
        KafkaTarget kafka = new KafkaTarget(KafkaOptions.builder(broker.bootstrapServers())
                .exactlyOnce(true)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
        Batches.attach(kafka, "guarded");
        kafka.open();
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "secret");
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("millrace-checkpoints", new byte[1], new byte[1]))
                    .get();
            deny(AclOperation.DESCRIBE, ResourceType.TRANSACTIONAL_ID, "secret");

            assertThatThrownBy(kafka::restore)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("has a transaction open since offset 0")
                    .hasMessageContaining("may not DESCRIBE")
                    .hasMessageContaining("find-hanging");
        } finally {
            kafka.close();
        }
    }

    private static void deny(AclOperation operation, ResourceType type, String name) throws Exception {
        AclBinding deny = new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", operation, AclPermissionType.DENY));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createAcls(List.of(deny)).all().get();
            // The broker hears of it a little after the controller.
            await().until(() ->
                    admin.describeAcls(deny.toFilter()).values().get().contains(deny));
        }
    }
}
