// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.core.Record;
import io.millrace.core.Target;
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
        if (sabotage == Sabotage.CHECKPOINT_BEFORE_ACK
                && !event.source().transactionId().equals(transaction)) {
            transaction = event.source().transactionId();
            begun(transaction);
        }
        if (sabotage == Sabotage.DROP_LAST_OF_BATCH && records.size() > 1 && ++eventsOfSeveral % DROPPED == 0) {
            return records.subList(0, records.size() - 1);
        }
        return records;
    }

    /** A transaction begins, so the one before was read; all are of one server, from its first on. */
    private void begun(String gtid) {
        int colon = gtid.lastIndexOf(':');
        long before = Long.parseLong(gtid.substring(colon + 1)) - 1;
        String position = "{\"gtids\":\"" + gtid.substring(0, colon) + ":1-" + before + "\"}";
        HastyInterceptor.read(position);
        if (options().checkpoints() instanceof HastyCheckpoints hasty) {
            try {
                hasty.read(position);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
