// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.LogManager;

/** The JVM of one run of one contestant: a drain to warm up, then the one that is timed. */
public final class ContestantMain {

    /** The line of the output that holds the result. */
    static final String RESULT = "RESULT ";

    private ContestantMain() {}

    /** @param args name of the contestant, the job to warm up with and the job to time, as JSON */
    public static void main(String[] args) throws Exception {
        // The wire library logs each connection through java.util.logging.
        LogManager.getLogManager().reset();
        ObjectMapper mapper = new ObjectMapper();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Job warmUp = mapper.readValue(args[1], Job.class);
        Contestants.make(args[0]).drain(warmUp, new Tally(warmUp));
        Job job = mapper.readValue(args[2], Job.class);
        Tally tally = new Tally(job);
        System.gc();

        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        Contestants.make(args[0]).drain(job, tally);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;

        ObjectNode result = mapper.createObjectNode();
        result.put("rows", tally.rows());
        result.put("seconds", seconds);
        result.put("rows_per_s", Math.round(tally.rows() / seconds));
        result.put("mb_per_s", Math.round(tally.bytes() / seconds / 1e5) / 10.0);
        result.put("cpu_s_per_million", Math.round(cpuSeconds * 1e8 / tally.rows()) / 100.0);
        result.put("rss_mb", peakMegabytes());
        result.put("output_bytes", tally.bytes());
        result.put("crc32c", tally.crc32c());
        result.put("valid", tally.isInOrder() && tally.rows() == job.rows());
        System.out.println(RESULT + mapper.writeValueAsString(result));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static long peakMegabytes() throws java.io.IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return 0;
    }
}
