// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes the samples that the microbenchmarks read, {@code src/main/resources/io/millrace/benchmarks/micro}, anew:
 * the table map and the rows events of the first changes of {@code bulk} and {@code oltp}, byte for byte as a real
 * server logs them. To be run when a workload changes or another server is to be measured.
 */
final class SampleEvents {

    private static final int CHANGES = 32;
    private static final int TYPE = 4;
    private static final int SIZE = 9;
    private static final int TABLE_MAP = 19;
    private static final int FIRST_ROWS_TYPE = 30;
    private static final int LAST_ROWS_TYPE = 32;

    private SampleEvents() {}

    /** @param args the folder to write to */
    public static void main(String[] args) throws Exception {
        try (Servers servers = Servers.start(List.of(), 0)) {
            for (Workload workload : new Workload[] {Workload.BULK, Workload.OLTP}) {
                Job.Start start = new Backlog(servers, workload, CHANGES).write(workload.toString(), CHANGES);
                byte[] log = Files.readAllBytes(servers.mysql().dataFolder().resolve(start.file()));
                Files.write(Path.of(args[0], workload + ".binlog"), rows(log, (int) start.offset()));
            }
        }
    }

    /** The server writes the table map again before each statement; once is enough. */
    private static byte[] rows(byte[] log, int from) {
        ByteBuffer fields = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int size;
        for (int at = from; at < log.length; at += size) {
            size = fields.getInt(at + SIZE);
            int type = log[at + TYPE];
            boolean isRows = type >= FIRST_ROWS_TYPE && type <= LAST_ROWS_TYPE;
            if (isRows || (type == TABLE_MAP && out.size() == 0)) {
                out.write(log, at, size);
            }
        }
        return out.toByteArray();
    }
}
