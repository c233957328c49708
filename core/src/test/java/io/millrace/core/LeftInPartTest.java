// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.internal.delivery.Lane;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A target has a part of a transaction, and the log does not go on with it: the part stays, and is told of. */
class LeftInPartTest extends PipelineTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(Lane.class);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    @BeforeEach
    void listen() {
        heard.start();
        logger.addAppender(heard);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(heard);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    private List<String> warnings() {
        return List.copyOf(heard.list).stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private void hasAPartOf(String transaction) {
        store.save("memory", new Checkpoint("fake", "{\"at\":1}", 1, new OpenTransaction(transaction, 2), 1));
    }

    @Test
    void shouldTellOfAPartWhoseTransactionDoesNotComeAgain() throws Exception {
        log.transactions(4, 5, 1);
        hasAPartOf("tx-lost");
        Memory memory = new Memory("memory");

        start(memory).awaitDelivered(4);

        assertThat(memory.ids()).isEqualTo(ids(6, 20));
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("memory", "tx-lost", "number 2", "ordinal 2", "at most 3");
    }

    @Test
    void shouldTellOfNoPartWhoseRestComes() throws Exception {
        log.transactions(4, 5, 1);
        hasAPartOf("tx-1");
        Memory memory = new Memory("memory");

        start(memory).awaitDelivered(4);

        assertThat(memory.ids()).isEqualTo(ids(9, 20));
        assertThat(warnings()).isEmpty();
    }
}
