// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.formats;

import io.millrace.core.Change;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.format.Format;
import io.millrace.core.format.JsonBuffer;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.MySqlServer;
import java.util.ArrayList;
import java.util.List;

/** What this library captures of a database. */
final class Captured {

    private Captured() {}

    /** {@return all changes of the database since those GTIDs, statements among them} */
    static List<Change> since(String gtids, MySqlServer server, String database) throws Exception {
        List<Change> changes = new ArrayList<>();
        Target target =
                new Target(TargetOptions.builder("list").executeDdl(true).build()) {
                    @Override
                    protected void save(List<Record> records) {
                        changes.addAll(records);
                    }

                    @Override
                    protected void executeDdl(Statement statement) {
                        changes.add(statement);
                    }
                };
        MySqlOptions options = MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .password(server.password())
                .startFrom(StartFrom.gtids(gtids))
                .pipeline(PipelineOptions.builder("formats")
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(database, "*")
                                .build())
                        .build())
                .build();
        try (var processor = new MySqlBinlogProcessor(options, List.of(target))) {
            processor.runUntil(MySqlPosition.gtids(server.executedGtids()));
        }
        return changes;
    }

    static byte[] value(Format format, Change change) {
        JsonBuffer out = new JsonBuffer();
        if (change instanceof Record record) {
            format.forTable(record.schema()).write(record, out);
        } else {
            format.write((Statement) change, out);
        }
        return out.toByteArray();
    }

    static byte[] key(Format format, Record record) {
        JsonBuffer out = new JsonBuffer();
        format.forTable(record.schema()).writeKey(record.row(), out);
        return out.toByteArray();
    }
}
