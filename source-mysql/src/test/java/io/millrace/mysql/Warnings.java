// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Hears what the source warns of. */
final class Warnings implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger(MySqlBinlogProcessor.class);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    Warnings() {
        heard.start();
        logger.addAppender(heard);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
    }

    List<String> messages() {
        return List.copyOf(heard.list).stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(heard);
        logger.setLevel(null);
        logger.setAdditive(true);
    }
}
