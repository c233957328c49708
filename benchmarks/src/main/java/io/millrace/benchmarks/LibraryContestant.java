// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.ByteArrayEventData;
import com.github.shyiko.mysql.binlog.event.DeleteRowsEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import com.github.shyiko.mysql.binlog.event.WriteRowsEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.ByteArrayEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The wire library's own client. Decoding: with all that it does, and nothing done with the rows, whose
 * ids and versions alone go into the CRC. As bytes: rows events are left as they are, and the rows counted
 * by the transactions' ends.
 */
final class LibraryContestant implements Contestant {

    private final boolean decodes;

    LibraryContestant(boolean decodes) {
        this.decodes = decodes;
    }

    @Override
    public void drain(Job job, Tally tally) throws Exception {
        BinaryLogClient client = new BinaryLogClient("127.0.0.1", job.port(), "root", "");
        client.setServerId(778);
        client.setGtidSet(job.start().gtids());
        client.setSSLMode(job.tls() ? SSLMode.REQUIRED : SSLMode.DISABLED);
        client.setKeepAlive(false);
        CountDownLatch done = new CountDownLatch(1);
        if (decodes) {
            client.registerEventListener(new Decoding(job, tally, done)::take);
        } else {
            EventDeserializer deserializer = new EventDeserializer();
            for (EventType type :
                    List.of(EventType.EXT_WRITE_ROWS, EventType.EXT_UPDATE_ROWS, EventType.EXT_DELETE_ROWS)) {
                deserializer.setEventDataDeserializer(type, new ByteArrayEventDataDeserializer());
            }
            client.setEventDeserializer(deserializer);
            client.registerEventListener(new Counting(job, tally, done)::take);
        }
        client.connect(30_000);
        done.await();
        client.disconnect();
    }

    private static final class Decoding {

        private final Job job;
        private final Tally tally;
        private final CountDownLatch done;
        private final byte[] output = new byte[Long.BYTES + Integer.BYTES];
        private long wanted = -1;

        Decoding(Job job, Tally tally, CountDownLatch done) {
            this.job = job;
            this.tally = tally;
            this.done = done;
        }

        void take(Event event) {
            EventData data = event.getData();
            if (data instanceof TableMapEventData map) {
                wanted = map.getTable().equals(job.table()) ? map.getTableId() : -1;
            } else if (data instanceof WriteRowsEventData rows && rows.getTableId() == wanted) {
                rows.getRows().forEach(this::row);
            } else if (data instanceof UpdateRowsEventData rows && rows.getTableId() == wanted) {
                rows.getRows().forEach(row -> row(row.getValue()));
            } else if (data instanceof DeleteRowsEventData rows && rows.getTableId() == wanted) {
                rows.getRows().forEach(this::row);
            }
            if (tally.isComplete()) {
                done.countDown();
            }
        }

        private void row(Serializable[] row) {
            long id = (Long) row[0];
            int version = job.hasVersions() ? (Integer) row[1] : 0;
            for (int i = 0; i < Long.BYTES; i++) {
                output[i] = (byte) (id >>> 8 * i);
            }
            for (int i = 0; i < Integer.BYTES; i++) {
                output[Long.BYTES + i] = (byte) (version >>> 8 * i);
            }
            tally.row(id, version, output, 0, output.length);
        }
    }

    private static final class Counting {

        private static final byte[] NONE = {};

        private final Job job;
        private final Tally tally;
        private final CountDownLatch done;
        private boolean hasRows;

        Counting(Job job, Tally tally, CountDownLatch done) {
            this.job = job;
            this.tally = tally;
            this.done = done;
        }

        void take(Event event) {
            EventData data = event.getData();
            if (data instanceof ByteArrayEventData bytes) {
                hasRows = true;
                tally.bytes(0, bytes.getData(), 0, bytes.getData().length);
            } else if (event.getHeader().getEventType() == EventType.XID && hasRows) {
                hasRows = false;
                tally.bytes(job.transactionSize(), NONE, 0, 0);
            }
            if (tally.isComplete()) {
                done.countDown();
            }
        }
    }
}
