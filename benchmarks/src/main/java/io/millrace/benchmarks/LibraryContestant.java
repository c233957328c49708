// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.WriteRowsEventData;
import java.io.Serializable;
import java.util.concurrent.CountDownLatch;

/**
 * The wire library's own client with its full decoding and nothing done with the rows: their ids alone
 * go into the CRC.
 */
final class LibraryContestant implements Contestant {

    @Override
    public void drain(Job job, Tally tally) throws Exception {
        BinaryLogClient client = new BinaryLogClient("127.0.0.1", job.port(), "root", "");
        client.setServerId(778);
        client.setGtidSet(job.start().gtids());
        client.setKeepAlive(false);
        CountDownLatch done = new CountDownLatch(1);
        long[] wanted = {-1};
        byte[] id = new byte[Long.BYTES];
        client.registerEventListener(event -> {
            EventData data = event.getData();
            if (data instanceof TableMapEventData map) {
                wanted[0] = map.getTable().equals(job.table()) ? map.getTableId() : -1;
            } else if (data instanceof WriteRowsEventData rows && rows.getTableId() == wanted[0]) {
                for (Serializable[] row : rows.getRows()) {
                    long value = (Long) row[0];
                    for (int i = 0; i < Long.BYTES; i++) {
                        id[i] = (byte) (value >>> 8 * i);
                    }
                    tally.row(value, id, 0, id.length);
                }
                if (tally.rows() >= job.rows()) {
                    done.countDown();
                }
            }
        });
        client.connect(30_000);
        done.await();
        client.disconnect();
    }
}
