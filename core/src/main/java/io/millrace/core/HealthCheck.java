// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.ProcessorHealth.Level;
import io.millrace.core.ProcessorStats.TargetStats;
import java.util.ArrayList;
import java.util.List;

/** Reads a processor's health from its figures. */
final class HealthCheck {

    private HealthCheck() {}

    static ProcessorHealth of(ProcessorStats stats) {
        ProcessorStatus status = stats.status();
        boolean runs = switch (status.state()) {
            case NEW, STARTING, STOPPED, FENCED, FAILED -> false;
            case STREAMING, PAUSED, BACKOFF -> true;
        };
        if (!runs) {
            return new ProcessorHealth(Level.DOWN, List.of(status.toString()));
        }
        List<String> problems = new ArrayList<>();
        if (status.state() != ProcessorState.STREAMING) {
            problems.add(status.toString());
        }
        for (TargetStats target : stats.targets()) {
            if (!target.state().equals("DELIVERING")) {
                problems.add("target " + target.name() + " is " + target.state());
            }
        }
        return new ProcessorHealth(problems.isEmpty() ? Level.UP : Level.DEGRADED, problems);
    }
}
