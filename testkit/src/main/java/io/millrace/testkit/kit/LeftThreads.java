// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The threads that were there before a test, to find those that a target leaves behind. */
final class LeftThreads {

    /** Threads that the JDK and the test's own tools start on demand and keep. */
    private static final List<String> SHARED = List.of(
            "ForkJoinPool",
            "CompletableFutureDelayScheduler",
            "process reaper",
            "Common-Cleaner",
            "awaitility",
            "junit");

    private final Set<Thread> before;

    private LeftThreads(Set<Thread> before) {
        this.before = before;
    }

    /** {@return nothing to compare with: no thread is left over, whatever there is} */
    static LeftThreads none() {
        return new LeftThreads(Set.of());
    }

    static LeftThreads since() {
        return new LeftThreads(Set.copyOf(Thread.getAllStackTraces().keySet()));
    }

    void assertEnded(Predicate<Thread> excepted) {
        if (before.isEmpty()) {
            return;
        }
        await().atMost(ofSeconds(5))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .as("threads that outlive the target")
                        .filteredOn(thread -> thread.isAlive() && !before.contains(thread))
                        .filteredOn(thread -> SHARED.stream().noneMatch(thread.getName()::startsWith))
                        .filteredOn(thread -> !excepted.test(thread))
                        .isEmpty());
    }
}
