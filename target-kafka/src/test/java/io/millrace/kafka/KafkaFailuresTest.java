// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.TransientException;
import java.util.stream.Stream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFailuresTest {

    private final Record change = new Changes().insert(Changes.table("shop", "orders"), 1, "a");

    private RuntimeException of(Throwable failure) {
        return KafkaFailures.of(failure, "shop.orders", change, "a:1");
    }

    static Stream<Throwable> passing() {
        return Stream.of(
                new TimeoutException(),
                new NotEnoughReplicasException(),
                new CorruptRecordException(),
                new OutOfOrderSequenceException("x"),
                new ProducerFencedException("x"),
                new InvalidProducerEpochException("x"),
                new InvalidPidMappingException("x"),
                new InvalidTxnStateException("x"),
                new KafkaException("in an error state", new ProducerFencedException("x")));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void shouldTryAgainWhatPasses(Throwable failure) {
        assertThat(of(failure)).isInstanceOf(TransientException.class).hasMessageContaining("shop.orders");
    }

    static Stream<Throwable> ofTheChange() {
        return Stream.of(
                new RecordTooLargeException("x"),
                new InvalidRecordException("x"),
                new InvalidTimestampException("x"),
                new InvalidTopicException("x"));
    }

    @ParameterizedTest
    @MethodSource("ofTheChange")
    void shouldNameTheChangeThatIsAtFault(Throwable failure) {
        assertThat(of(failure)).isInstanceOfSatisfying(KafkaDeliveryException.class, rejected -> {
            assertThat(rejected.change()).isSameAs(change);
            assertThat(rejected.source()).isSameAs(change.source());
        });
    }

    @Test
    void shouldNotAccuseAChangeBesideTheOneAtFault() {
        KafkaException beside = new KafkaException(
                "Failed to append record because it was part of a batch which had one more more invalid records");

        assertThat(of(beside))
                .isInstanceOfSatisfying(
                        KafkaDeliveryException.class,
                        rejected -> assertThat(rejected.change()).isNull());
    }

    static Stream<Throwable> ofNoChange() {
        return Stream.of(
                new TopicAuthorizationException("x"),
                new TransactionalIdAuthorizationException("x"),
                new PolicyViolationException("x"),
                new InvalidTxnTimeoutException("x"),
                new AuthenticationException("x"));
    }

    @ParameterizedTest
    @MethodSource("ofNoChange")
    void shouldStopForWhatIsNoChangesFault(Throwable failure) {
        assertThat(of(failure)).isInstanceOf(PermanentException.class).isNotInstanceOf(ChangeRejectedException.class);
    }

    @Test
    void shouldLeaveUnknownFailuresToTheNumberOfAttempts() {
        assertThat(of(new KafkaException("odd")))
                .isExactlyInstanceOf(KafkaException.class)
                .hasMessageContaining("INSERT of shop.orders");
    }
}
