// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Values of the size of the JSON of a row of the workload {@code bulk}, of which only the id has to be written.
 * Each is used again after a thousand others.
 */
final class ReadyMade {

    private static final int DIGITS = 12;
    private static final int POOL = 1_000;
    /** Bytes of a row of the workload {@code bulk} as this library's JSON. */
    private static final int VALUE_BYTES = 620;

    private final byte[][] values = values();
    private final byte[] key = ("{\"id\":" + "0".repeat(DIGITS) + "}").getBytes(StandardCharsets.US_ASCII);

    byte[] value(long id) {
        byte[] value = values[(int) (id % POOL)];
        digits(id, value);
        return value;
    }

    /** {@return the same array each time} */
    byte[] key(long id) {
        digits(id, key);
        return key;
    }

    private static byte[][] values() {
        Random random = new Random(42);
        byte[][] values = new byte[POOL][];
        for (int i = 0; i < POOL; i++) {
            StringBuilder json = new StringBuilder("{\"id\":" + "0".repeat(DIGITS) + ",\"text\":\"");
            // About a quarter of a row's JSON differs from row to row.
            json.append("the same in all rows, as names are; ".repeat(12));
            Workload.text(json, VALUE_BYTES - json.length() - 2, random);
            values[i] = json.append("\"}").toString().getBytes(StandardCharsets.US_ASCII);
        }
        return values;
    }

    private static void digits(long id, byte[] json) {
        long rest = id;
        for (int at = 5 + DIGITS; at > 5; at--) {
            json[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
