// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The kit over a mirror in memory, which applies TRUNCATE alone. Subclasses make it faulty. */
abstract class MemoryMirrorKit extends TargetKit {

    final Map<String, String> rows = new ConcurrentHashMap<>();
    private volatile boolean broken;

    /** {@return what is written of a batch} */
    List<Record> written(List<Record> records) {
        return records;
    }

    void write(Record record) throws IOException {
        if (broken) {
            throw new IOException("the storage does not answer");
        }
        String key = key(record.table()) + record.row().get("id");
        if (record.kind() == Record.Kind.DELETE) {
            delete(key);
        } else {
            rows.put(key, form(record));
        }
    }

    void delete(String key) {
        rows.remove(key);
    }

    void truncate(TableId table) {
        rows.keySet().removeIf(key -> key.startsWith(key(table)));
    }

    private static String key(TableId table) {
        return table + "/";
    }

    @Override
    protected Target target(TargetOptions options) {
        UnaryOperator<List<Record>> written = this::written;
        return new Target(options) {
            @Override
            protected void save(List<Record> records) throws IOException {
                for (Record record : written.apply(records)) {
                    write(record);
                }
            }

            @Override
            protected void executeDdl(Statement statement) throws Exception {
                if (statement.kind() != Statement.Kind.TRUNCATE_TABLE) {
                    super.executeDdl(statement);
                }
                statement.tables().forEach(MemoryMirrorKit.this::truncate);
            }
        };
    }

    @Override
    protected boolean isMirror() {
        return true;
    }

    @Override
    protected List<String> stored() {
        return List.copyOf(rows.values());
    }

    @Override
    protected boolean breakStorage() {
        broken = true;
        return true;
    }

    @Override
    protected void healStorage() {
        broken = false;
    }
}
