// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.RowsEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The processor under test, with the bugs that {@link Sabotage} puts into its hooks. */
final class CapturerProcessor extends MySqlBinlogProcessor {

    /** One event of so many loses its last row. */
    private static final int DROPPED = 100;

    private final Sabotage sabotage;
    private String transaction = "";
    private int eventsOfSeveral;

    CapturerProcessor(MySqlOptions source, Target target, Sabotage sabotage) {
        super(source, List.of(target));
        this.sabotage = sabotage;
    }

    @Override
    protected List<Record> processDml(RowsEvent event) {
        List<Record> records = event.records();
        CheckpointStore store = options().checkpoints();
        if (store instanceof HastyCheckpoints hasty
                && !event.source().transactionId().equals(transaction)) {
            transaction = event.source().transactionId();
            try {
                hasty.read(transaction);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (sabotage == Sabotage.DROP_LAST_OF_BATCH && records.size() > 1 && ++eventsOfSeveral % DROPPED == 0) {
            return records.subList(0, records.size() - 1);
        }
        return records;
    }
}
