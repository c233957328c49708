// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.source.Transaction;
import io.millrace.mysql.MySqlPosition.Place;
import org.jspecify.annotations.Nullable;

/** A transaction of the binlog: its GTID, where it has one, and where it begins. */
final class MySqlTransaction extends Transaction {

    private final Gtid gtid;
    private final String file;
    private final long offset;

    /**
     * A GTID in two parts.
     *
     * @param source the server's UUID; of MariaDB the domain and the server, each with a hyphen behind; empty for an
     *     anonymous transaction
     * @param number the number at that source
     */
    record Gtid(String source, long number) {

        static final Gtid ANONYMOUS = new Gtid("", 0);

        boolean isAnonymous() {
            return number == 0;
        }

        /** {@return the domain, if it is one of MariaDB} */
        long domain() {
            return Long.parseLong(source, 0, source.indexOf('-'), 10);
        }

        /** {@return the server's id, if it is one of MariaDB} */
        long server() {
            return Long.parseLong(source, source.indexOf('-') + 1, source.length() - 1, 10);
        }

        @Override
        public String toString() {
            return source.endsWith("-") ? source + number : source + ":" + number;
        }
    }

    /** @param start where the transaction's first event begins */
    MySqlTransaction(long number, String id, Gtid gtid, long commitTimestampMicros, Place start) {
        super(number, id, globalId(gtid, id), commitTimestampMicros);
        this.gtid = gtid;
        this.file = start.file();
        this.offset = start.offset();
    }

    private static @Nullable String globalId(Gtid gtid, String id) {
        return gtid.isAnonymous() ? null : id;
    }

    Gtid gtid() {
        return gtid;
    }

    String file() {
        return file;
    }

    long offset() {
        return offset;
    }
}
