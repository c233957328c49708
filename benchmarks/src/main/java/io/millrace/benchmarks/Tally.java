// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What every contestant computes within its timed path, so that none is spared it: how many rows came,
 * whether they came in order, and a CRC-32C over the bytes that it made of them. What comes after the last
 * row that is wanted is not looked at. Used by one thread.
 */
final class Tally {

    private static final int UNSEEN = -1;
    private static final int GONE = -2;
    private static final byte[] ID = {'"', 'i', 'd', '"', ':'};
    private static final byte[] VERSION = {'"', 'v', 'e', 'r', 's', 'i', 'o', 'n', '"', ':'};

    private final long wanted;
    private final CRC32C crc = new CRC32C();
    /** For each key the version that came last; empty if the rows' ids just count from 0. */
    private final int[] versions;

    private long rows;
    private long bytes;
    private boolean inOrder = true;

    Tally(Job job) {
        this.wanted = job.rows();
        this.versions = new int[job.hasVersions() ? Math.toIntExact(job.rows()) : 0];
        Arrays.fill(versions, UNSEEN);
    }

    boolean isComplete() {
        return rows >= wanted;
    }

    /** Takes a row as JSON. */
    void json(byte[] json, int from, int end) {
        int version = versions.length == 0 ? 0 : (int) number(VERSION, json, from, end);
        row(number(ID, json, from, end), version, json, from, end - from);
    }

    /** @param version 0 when a row is new, one more with each update; a deleted row has that of the last */
    void row(long id, int version, byte[] output, int offset, int length) {
        if (isComplete()) {
            return;
        }
        if (versions.length == 0) {
            inOrder &= id == rows;
        } else if (id < 0 || id >= versions.length) {
            inOrder = false;
        } else {
            int last = versions[(int) id];
            inOrder &= version == last + 1 ? last != GONE : version == last;
            versions[(int) id] = version == last ? GONE : version;
        }
        rows++;
        add(output, offset, length);
    }

    /** Takes bytes that hold so many rows, of which no more is known. */
    void bytes(int count, byte[] output, int offset, int length) {
        if (!isComplete()) {
            rows += count;
            add(output, offset, length);
        }
    }

    private void add(byte[] output, int offset, int length) {
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

    /** {@return the number after the first such name in JSON, -1 if there is none} */
    private static long number(byte[] name, byte[] json, int from, int end) {
        for (int i = from; i < end - name.length; i++) {
            if (json[i] == '"' && Arrays.equals(json, i, i + name.length, name, 0, name.length)) {
                long number = 0;
                for (int at = i + name.length; at < end && json[at] >= '0' && json[at] <= '9'; at++) {
                    number = number * 10 + json[at] - '0';
                }
                return number;
            }
        }
        return -1;
    }
}
