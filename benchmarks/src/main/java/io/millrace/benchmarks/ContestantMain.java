// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The JVM of one run of one contestant: a drain to warm up, then those that are timed. */
public final class ContestantMain {

    /** The line of the output that holds the result. */
    static final String RESULT = "RESULT ";
    /** The line of the output that says that the timed drain begins. */
    static final String READY = "READY";

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ObjectMapper mapper = new ObjectMapper();
    private final Assignment assignment;
    private long nanos;
    private long cpuNanos;
    private long rows;
    private long bytes;
    private boolean isValid = true;

    private ContestantMain(Assignment assignment) {
        this.assignment = assignment;
    }

    /** @param args the assignment, as JSON */
    public static void main(String[] args) throws Exception {
        // The wire library logs each connection through java.util.logging.
        LogManager.getLogManager().reset();
        new ContestantMain(new ObjectMapper().readValue(args[0], Assignment.class)).run();
        System.out.flush();
        // Some contestants leave threads behind.
        Runtime.getRuntime().halt(0);
    }

    private void run() throws Exception {
        Job warmUp = assignment.warmUp();
        if (warmUp.rows() > 0) {
            createTopic(warmUp);
            Contestants.make(assignment.contestant()).drain(warmUp, new Tally(warmUp));
        }
        System.gc();
        ObjectNode result = mapper.createObjectNode();
        Profile profile = Profile.start(assignment.profile());
        int passes = 0;
        do {
            passes++;
            Job job = assignment.timed().withTopic(Assignment.topic(assignment.timed(), passes));
            if (!job.state().isEmpty()) {
                job = job.withState(job.state() + "/" + passes);
            }
            createTopic(job);
            Tally tally = new Tally(job);
            System.out.println(READY);
            System.out.flush();
            long begin = System.nanoTime();
            pass(job, tally, begin);
            result.put("crc32c", tally.crc32c());
            result.put("first_row_ms", tally.firstRowNanos() == 0 ? 0 : (tally.firstRowNanos() - begin) / 1_000_000);
        } while (nanos < assignment.seconds() * 1_000_000_000L);
        profile.end();

        double seconds = nanos / 1e9;
        result.put("passes", passes);
        result.put("rows", rows);
        result.put("seconds", Math.round(seconds * 1000) / 1000.0);
        result.put("rows_per_s", Math.round(rows / seconds));
        result.put("mb_per_s", Math.round(bytes / seconds / 1e5) / 10.0);
        result.put("cpu_s_per_million", Math.round(cpuNanos / 1e9 * 1e8 / rows) / 100.0);
        result.put("rss_mb", peakMegabytes());
        result.put("output_bytes", bytes);
        result.put("valid", isValid);
        System.out.println(RESULT + mapper.writeValueAsString(result));
    }

    private void pass(Job job, Tally tally, long begin) throws Exception {
        long cpu = system.getProcessCpuTime();
        Contestants.make(assignment.contestant()).drain(job, tally);
        nanos += System.nanoTime() - begin;
        cpuNanos += system.getProcessCpuTime() - cpu;
        rows += tally.rows();
        bytes += tally.bytes();
        isValid &= tally.isInOrder() && tally.rows() == job.rows();
    }

    private void createTopic(Job job) throws Exception {
        if (Contestants.needsKafka(assignment.contestant())) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", job.brokers()))) {
                admin.createTopics(List.of(new NewTopic(job.topic(), 1, (short) 1)))
                        .all()
                        .get();
            }
        }
    }

    private static long peakMegabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return 0;
    }
}
