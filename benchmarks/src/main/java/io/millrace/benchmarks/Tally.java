// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.zip.CRC32C;

/**
 * What every contestant computes within its timed path, so that none is spared it: how many rows came,
 * whether they came in order, and a CRC-32C over the bytes that it made of them. Used by one thread.
 */
final class Tally {

    private final CRC32C crc = new CRC32C();
    private long rows;
    private long bytes;
    private boolean inOrder = true;

    /** @param id of the row; rows are written with ids that count from 0 */
    void row(long id, byte[] output, int offset, int length) {
        inOrder &= id == rows;
        rows++;
        bytes += length;
        crc.update(output, offset, length);
    }

    long rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    boolean isInOrder() {
        return inOrder;
    }

    String crc32c() {
        return "%08x".formatted(crc.getValue());
    }

    /** {@return the number after {@code "id":} in JSON; the row's id is the first such field} */
    static long idIn(byte[] json, int from, int end) {
        for (int i = from; i < end - 5; i++) {
            if (json[i] == '"'
                    && json[i + 1] == 'i'
                    && json[i + 2] == 'd'
                    && json[i + 3] == '"'
                    && json[i + 4] == ':') {
                long id = 0;
                for (int at = i + 5; at < end && json[at] >= '0' && json[at] <= '9'; at++) {
                    id = id * 10 + json[at] - '0';
                }
                return id;
            }
        }
        return -1;
    }
}
