// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.mysql.GtidSet;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Breaks things at random moments, in rounds in which every kind has its turn. While a server is away,
 * the capturer may be killed on top of it. Used by one thread.
 */
final class FaultInjector {

    private final Servers servers;
    private final Capturers capturers;
    private final Set<Fault> kinds;
    private final Random random;
    private final RunLog log;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

    FaultInjector(Servers servers, Capturers capturers, Set<Fault> kinds, long seed, RunLog log) {
        this.servers = servers;
        this.capturers = capturers;
        this.kinds = kinds;
        this.random = new Random(seed);
        this.log = log;
        kinds.forEach(kind -> counts.put(kind, 0));
    }

    /** Goes on until the time is over, and until every kind has occurred at least once. */
    void run(Duration time) throws IOException, SQLException {
        long end = System.nanoTime() + time.toNanos();
        boolean first = true;
        while (first || System.nanoTime() < end) {
            List<Fault> round = new ArrayList<>(kinds);
            Collections.shuffle(round, random);
            for (Fault fault : round) {
                if (!first && System.nanoTime() > end) {
                    break;
                }
                Waits.pause(between(50, 500));
                capturers.check();
                strike(fault);
            }
            first = false;
        }
        Waits.pause(between(1_000, 1_000));
    }

    Map<Fault, Integer> counts() {
        return counts;
    }

    private Duration between(int fromMillis, int toMillis) {
        return Duration.ofMillis(fromMillis + random.nextInt(toMillis - fromMillis + 1));
    }

    private void count(Fault fault) {
        counts.merge(fault, 1, Integer::sum);
        log.event("fault: %s", Names.of(fault));
    }

    private void strike(Fault fault) throws IOException, SQLException {
        count(fault);
        if (fault.isOfCapturer()) {
            strikeCapturer(fault);
        } else {
            strikeServers(fault);
        }
    }

    private void strikeCapturer(Fault fault) throws IOException {
        switch (fault) {
            case KILL_CAPTURER -> {
                capturers.kill();
                Waits.pause(between(0, 1_500));
                capturers.start();
            }
            case RESTART_CAPTURER -> {
                capturers.stop();
                Waits.pause(between(0, 500));
                capturers.start();
            }
            case PAUSE_CAPTURER -> {
                capturers.current().pause();
                Waits.pause(between(500, 5_000));
                capturers.current().resume();
            }
            case SECOND_INSTANCE -> capturers.deploySecond();
            default -> throw new IllegalArgumentException(fault.toString());
        }
    }

    private void strikeServers(Fault fault) throws IOException, SQLException {
        MySqlServer source = servers.source();
        KafkaBroker broker = servers.broker();
        switch (fault) {
            case KILL_SOURCE -> {
                source.kill();
                hold(200, 2_000);
                source.startAgain();
            }
            case RESTART_SOURCE -> source.restart();
            case PAUSE_SOURCE -> {
                source.pause();
                hold(500, 5_000);
                source.resume();
            }
            case CUT_SOURCE -> servers.sourceProxy().cutAll();
            case BLACK_HOLE_SOURCE -> blackHole(servers.sourceProxy());
            case KILL_BROKER -> {
                broker.kill();
                hold(200, 2_000);
                broker.startAgain();
            }
            case RESTART_BROKER -> broker.restart();
            case PAUSE_BROKER -> {
                broker.pause();
                hold(500, 5_000);
                broker.resume();
            }
            case CUT_BROKER -> servers.brokerProxy().cutAll();
            case BLACK_HOLE_BROKER -> blackHole(servers.brokerProxy());
            case ROTATE_LOG -> source.execute("FLUSH BINARY LOGS");
            case PURGE_LOG -> purge();
            default -> throw new IllegalArgumentException(fault.toString());
        }
    }

    private void blackHole(FaultyProxy proxy) throws IOException {
        proxy.blackHole();
        hold(1_000, 6_000);
        proxy.heal();
    }

    /** Lets a disturbance last; now and then the capturer dies in the middle of it. */
    private void hold(int fromMillis, int toMillis) throws IOException {
        Duration time = between(fromMillis, toMillis);
        if (kinds.contains(Fault.KILL_CAPTURER) && random.nextInt(3) == 0) {
            Waits.pause(time.dividedBy(2));
            count(Fault.KILL_CAPTURER);
            capturers.kill();
            capturers.start();
            Waits.pause(time.dividedBy(2));
        } else {
            Waits.pause(time);
        }
    }

    /** Deletes all files of which the checkpoint has everything. */
    private void purge() throws IOException, SQLException {
        MySqlServer source = servers.source();
        source.execute("FLUSH BINARY LOGS");
        GtidSet done = capturers.checkpoint().executed();
        String oldestNeeded = null;
        int before = 0;
        for (List<String> file : source.query("SHOW BINARY LOGS")) {
            // The GTIDs of all files before this one are the second event of it.
            String previous = source.query("SHOW BINLOG EVENTS IN '" + file.get(0) + "' LIMIT 1, 1")
                    .get(0)
                    .get(5);
            if (!done.containsAll(GtidSet.parse(previous.replace("\n", "")))) {
                break;
            }
            oldestNeeded = file.get(0);
            before++;
        }
        if (oldestNeeded != null) {
            source.execute("PURGE BINARY LOGS TO '" + oldestNeeded + "'");
            log.event("purged %d binlog files before %s", before - 1, oldestNeeded);
        }
    }
}
