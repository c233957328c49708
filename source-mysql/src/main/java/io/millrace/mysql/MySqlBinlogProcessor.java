// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Processor;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.source.Source;
import java.util.List;
import java.util.Objects;

/**
 * Captures the row changes of a MySQL server from its binlog. Construct it, or extend it to see
 * records ({@link #process}), statements ({@link #processDdl}) or native events ({@link #processDml})
 * on their way; all hooks are called on the thread of {@link #run()}, in the binlog's order.
 */
public class MySqlBinlogProcessor extends Processor {

    private final MySqlOptions mysql;

    /**
     * @param mysql the server, and the pipeline
     * @param targets at least one, of different names
     */
    public MySqlBinlogProcessor(MySqlOptions mysql, List<? extends Target> targets) {
        super(mysql.pipeline(), targets);
        this.mysql = Objects.requireNonNull(mysql, "mysql");
    }

    /** {@return the options it was made with} */
    public final MySqlOptions mySqlOptions() {
        return mysql;
    }

    /**
     * Makes records of a native event, before {@link #process} sees each of them. Override it to see
     * events whole; return what {@link RowsEvent#records()} holds, or a part of it in the same order. The rows are as
     * the log has them: the filter's rules of events and columns are applied to what is returned, by the names that it
     * has then.
     */
    protected List<Record> processDml(RowsEvent event) {
        return event.records();
    }

    @Override
    protected final Source source() {
        return new MySqlSource(mysql, this::processDml);
    }
}
