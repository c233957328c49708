// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import java.util.HashMap;
import java.util.Map;

/** Makes topics of what templates say, so that each stays a topic of its own. Used by one thread at a time. */
final class TopicNames {

    private static final int LONGEST = 249;

    private final boolean sanitizes;
    /** What templates said, by the topics that it has become. */
    private final Map<String, String> origins = new HashMap<>();

    // Changes of a table come one behind the other, with the same text.
    private String lastText = "";
    private String lastTopic = "";

    TopicNames(boolean sanitizes) {
        this.sanitizes = sanitizes;
    }

    /**
     * {@return the topic}
     *
     * @param text what the template says
     * @throws KafkaTopicException if another text has become the same topic
     */
    String of(String text, Change change) {
        if (!sanitizes) {
            return text;
        }
        if (!text.equals(lastText)) {
            String topic = sanitized(text);
            String origin = origins.putIfAbsent(topic, text);
            if (origin != null && !origin.equals(text)) {
                throw new KafkaTopicException(
                        topic,
                        "'%s' and '%s' would both become topic %s (the latter at %s): a topic has letters and digits of ASCII, '.', '_' and '-' only. Choose another template, or rename one of them by a transform"
                                .formatted(origin, text, topic, change.source()),
                        null);
            }
            lastText = text;
            lastTopic = topic;
        }
        return lastTopic;
    }

    /** {@return the text with {@code _} in the place of what no topic can have, cut to the length that one can have} */
    static String sanitized(String text) {
        StringBuilder topic = new StringBuilder(text.length());
        text.codePoints().limit(LONGEST).forEach(c -> topic.append(isLegal(c) ? (char) c : '_'));
        boolean isReserved = topic.isEmpty()
                || topic.toString().equals(".")
                || topic.toString().equals("..");
        return isReserved ? topic.append('_').toString() : topic.toString();
    }

    /** {@return whether a topic can have that name} */
    static boolean isLegal(String topic) {
        return !topic.isEmpty()
                && topic.length() <= LONGEST
                && !topic.equals(".")
                && !topic.equals("..")
                && topic.chars().allMatch(TopicNames::isLegal);
    }

    /** {@return what {@link #isLegal(String)} asks for, in words} */
    static String legal() {
        return "a name is 1 to " + LONGEST + " letters and digits of ASCII, '.', '_' and '-'";
    }

    private static boolean isLegal(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
