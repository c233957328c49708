// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.core.Record;
import io.millrace.core.TableSchema;
import io.millrace.testkit.KafkaBroker;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a broker that asks for permissions answers, and when they are taken away. */
@Timeout(60)
class KafkaAuthorizationTest {

    @Test
    void shouldNameTopicThatMayNotBeWrittenTo() throws Exception {
        Changes changes = new Changes();
        TableSchema orders = Changes.table("guarded", "orders");
        try (KafkaBroker broker = KafkaBroker.builder()
                .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .property("allow.everyone.if.no.acl.found", "true")
                .start()) {
            KafkaTarget kafka = new KafkaTarget(
                    KafkaOptions.builder(broker.bootstrapServers()).build());
            kafka.open();
            try {
                kafka.save(List.of(changes.insert(orders, 1, "a")));
                denyWriting(broker, "guarded.orders");
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
    }

    private static void denyWriting(KafkaBroker broker, String topic) throws Exception {
        AclBinding deny = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", AclOperation.WRITE, AclPermissionType.DENY));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createAcls(List.of(deny)).all().get();
        }
    }
}
