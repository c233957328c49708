// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.util.Objects;

/**
 * Where a pipeline begins that has no checkpoint yet. There is no default: beginning at the wrong
 * place is a gap, or a flood, that nobody notices at first. Immutable.
 */
public sealed interface StartFrom {

    /** {@return the oldest transaction that the server still has in its binlog} */
    static StartFrom earliest() {
        return Place.EARLIEST;
    }

    /** {@return what is written from now on} */
    static StartFrom latest() {
        return Place.LATEST;
    }

    /**
     * {@return the rows that are there now, as {@link io.millrace.core.Record.Kind#READ} records, and then what was
     * written since} The position is noted first, then all captured tables are read, one after the other by name, in
     * pieces along their primary keys; a restart goes on behind the last row that was delivered. Tables without a
     * primary key, or with one of ENUM, SET, BIT, FLOAT or DOUBLE, are read in one go, and from their begin again
     * after an interruption.
     *
     * <p>A row may be read in a state newer than the log at the noted position: the changes that led to it come
     * again. Targets that keep the latest state of each key, such as a mirror, are right once the log has been read
     * up to the load's end. Meanwhile the log is not read: the server must keep it for as long. Needs SELECT on
     * all that the filter takes in and, on MySQL without GTIDs, RELOAD for a short global read lock.
     */
    static StartFrom initialLoad() {
        return Place.INITIAL_LOAD;
    }

    /**
     * {@return everything that is not in the set, or not up to the GTIDs of MariaDB}
     *
     * @param executed GTIDs as {@code SELECT @@gtid_executed} shows them, or MariaDB's {@code SELECT @@gtid_binlog_pos}
     * @throws IllegalArgumentException if it is neither
     */
    static StartFrom gtids(String executed) {
        return MariaDbGtids.isLike(executed)
                ? new DomainGtids(MariaDbGtids.parse(executed))
                : new Gtids(GtidSet.parse(executed));
    }

    /**
     * {@return an offset of a binlog file}
     *
     * @param offset in bytes, 4 for the file's begin; a transaction must begin there
     * @throws IllegalArgumentException if it is not a binlog file's name, or the offset is below 4
     */
    static StartFrom file(String file, long offset) {
        return new File(file, offset);
    }

    /** A place that is known only when the server is asked. */
    enum Place implements StartFrom {
        EARLIEST,
        LATEST,
        INITIAL_LOAD
    }

    /**
     * After all transactions of a set.
     *
     * @param executed the set
     */
    record Gtids(GtidSet executed) implements StartFrom {

        public Gtids {
            Objects.requireNonNull(executed, "executed");
        }
    }

    /**
     * After the last transaction of each domain of MariaDB.
     *
     * @param executed these transactions
     */
    record DomainGtids(MariaDbGtids executed) implements StartFrom {

        public DomainGtids {
            Objects.requireNonNull(executed, "executed");
        }
    }

    /**
     * At an offset of a file.
     *
     * @param file the binlog file's name
     * @param offset in bytes
     */
    record File(String file, long offset) implements StartFrom {

        public File {
            BinlogFiles.number(file);
            if (offset < 4) {
                throw new IllegalArgumentException("offset was " + offset + " but a binlog file begins at 4");
            }
            MySqlPosition.File.checkOffset(offset);
        }
    }
}
