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
    /** Where the names stood in the row before, from its begin: they mostly stand there again. */
    private int idAt;

    private long lastId = -1;
    private long firstRowNanos;

    private int versionAt;

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
        int version = 0;
        if (versions.length > 0) {
            versionAt = find(VERSION, versionAt, json, from, end);
            version = (int) number(json, from + versionAt + VERSION.length, end);
        }
        idAt = find(ID, idAt, json, from, end);
        lastId = number(json, from + idAt + ID.length, end);
        row(lastId, version, json, from, end - from);
    }

    /** {@return the id of the last row that came as JSON} */
    long lastId() {
        return lastId;
    }

    /** {@return when the first row came, as {@link System#nanoTime()}; 0 if none has} */
    long firstRowNanos() {
        return firstRowNanos;
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
        if (rows++ == 0) {
            firstRowNanos = System.nanoTime();
        }
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

    /** {@return where the name stands, from {@code from}; behind the end if it does not} */
    private static int find(byte[] name, int guess, byte[] json, int from, int end) {
        if (isAt(name, json, from + guess, end)) {
            return guess;
        }
        int at = from;
        while (at < end && !isAt(name, json, at, end)) {
            at++;
        }
        return at - from;
    }

    private static boolean isAt(byte[] name, byte[] json, int at, int end) {
        return at + name.length <= end
                && json[at] == '"'
                && Arrays.equals(json, at, at + name.length, name, 0, name.length);
    }

    /** {@return the number at that place, -1 if there is none} */
    private static long number(byte[] json, int from, int end) {
        long number = from < end ? 0 : -1;
        for (int at = from; at < end && json[at] >= '0' && json[at] <= '9'; at++) {
            number = number * 10 + json[at] - '0';
        }
        return number;
    }
}
