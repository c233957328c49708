// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.core.LogLostException;
import java.time.Duration;

/** The log that a capturer needs is deleted while it is away: its next start must say so, and end. */
final class LogLostRun {

    private static final Duration WRITING = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TortureOptions options;

    LogLostRun(TortureOptions options) {
        this.options = options;
    }

    /** {@return whether the loss was noticed} */
    boolean run() throws Exception {
        try (RunLog log = new RunLog(options.directory());
                Servers servers = Servers.start()) {
            String start = servers.source().executedGtids();
            try (Capturers capturers = new Capturers(servers, start, options.mode(), Sabotage.NONE, log);
                    Writers writers = Writers.start(servers.source(), options.seed(), log)) {
                capturers.start();
                Waits.until(LIMIT, () -> !capturers.checkpoint().executed().isEmpty());
                Waits.pause(WRITING);
                capturers.kill();
                Waits.pause(WRITING);
                writers.stop();
                servers.source().execute("FLUSH BINARY LOGS");
                servers.source().execute("PURGE BINARY LOGS TO '" + servers.binlogFile() + "'");
                log.event("purged everything before %s", servers.binlogFile());
                capturers.start();
                return notices(capturers.current(), log);
            }
        }
    }

    private static boolean notices(CapturerProcess capturer, RunLog log) throws Exception {
        if (!capturer.awaitExit(LIMIT)) {
            log.event("the capturer goes on, although its log is gone");
            return false;
        }
        String said = capturer.log()
                .lines()
                .filter(line -> line.contains(LogLostException.class.getSimpleName()))
                .findFirst()
                .orElse("nothing of a lost log");
        log.event("the capturer ended with status %d, saying: %s", capturer.exitStatus(), said);
        return capturer.exitStatus() == CapturerMain.STATUS_LOG_LOST && said.contains("purged");
    }
}
