// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.filter.TableFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Loads tables (id, n) in a process of its own, until it is killed, and adds all that it gets to a file. */
final class LoadProcess {

    private LoadProcess() {}

    /** A line each: the kind, the table, the id, n; what begins with a dot is whole. */
    private static final class Lines extends Target {

        private final Path file;

        Lines(Path file) {
            super(TargetOptions.builder("lines").batchSize(200).build());
            this.file = file;
        }

        @Override
        protected void save(List<Record> records) throws IOException {
            StringBuilder text = new StringBuilder("\n");
            for (Record record : records) {
                RowImage before = record.before();
                RowImage after = record.after();
                String table = record.table().name();
                if (before != null) {
                    text.append("DELETE\t%s\t%s\t.\n".formatted(table, before.get("id")));
                }
                if (after != null) {
                    text.append("%s\t%s\t%s\t%s\t.\n".formatted(record.kind(), table, after.get("id"), after.get("n")));
                }
            }
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /**
     * Fills a mirror with what was saved.
     *
     * @return how many rows were loaded
     */
    static long replay(Path saved, Map<String, String> mirror) throws IOException {
        long loaded = 0;
        for (String line : Files.readAllLines(saved)) {
            String[] parts = line.split("\t");
            if (!line.endsWith("\t.")) {
                continue;
            }
            String key = parts[1] + " " + parts[2];
            if (parts[0].equals("DELETE")) {
                mirror.remove(key);
            } else {
                mirror.put(key, parts[3]);
                loaded += parts[0].equals("READ") ? 1 : 0;
            }
        }
        return loaded;
    }

    /** @param args port, database, folder, GTIDs to end at if it is to end */
    public static void main(String[] args) {
        PipelineOptions pipeline = PipelineOptions.builder("load")
                .checkpoints(new FileCheckpointStore(Path.of(args[2], "checkpoints")))
                .checkpointInterval(Duration.ofMillis(20))
                .filter(TableFilter.builder()
                        .exclude("*", "*")
                        .include(args[1], "*")
                        .build())
                .build();
        MySqlOptions options = MySqlOptions.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .user("root")
                .password("")
                .startFrom(StartFrom.initialLoad())
                .pipeline(pipeline)
                .build();
        MySqlBinlogProcessor processor =
                new MySqlBinlogProcessor(options, List.of(new Lines(Path.of(args[2], "saved"))));
        if (args.length > 3) {
            processor.runUntil(MySqlPosition.gtids(args[3]));
        } else {
            processor.run();
        }
    }
}
