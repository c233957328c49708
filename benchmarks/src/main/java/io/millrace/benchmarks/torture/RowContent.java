// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * What a row holds at a version. It follows from table, id and version, so that every version that
 * arrives can be checked without having been kept.
 */
record RowContent(String region, long id, int version, BigDecimal amount, String note, byte[] raw) {

    private static final String[] PIECES = {
        "mill", "race", " ", "\"", "\\", "'", "\n", "\t", "ä", "ß", "€", "漢字", "😀", "0", "<&>", "water"
    };
    private static final int LONG_NOTE = 10_000;

    static RowContent of(RowKey row, int version) {
        SplittableRandom random = new SplittableRandom(
                row.id() * 1_000_003 + version * 31L + row.table().ordinal());
        int pieces = random.nextInt(1_000) == 0 ? LONG_NOTE : random.nextInt(24);
        StringBuilder note = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            note.append(PIECES[random.nextInt(PIECES.length)]);
        }
        byte[] raw = new byte[random.nextInt(100)];
        random.nextBytes(raw);
        BigDecimal amount = BigDecimal.valueOf(random.nextLong(-999_999_999_999L, 999_999_999_999L), 2);
        return new RowContent(row.region(), row.id(), version, amount, note.toString(), raw);
    }

    /** {@return a checksum of all columns} */
    long checksum() {
        byte[] text = (region + "|" + id + "|" + version + "|" + amount.toPlainString() + "|" + note)
                .getBytes(StandardCharsets.UTF_8);
        return checksum(new CRC32C(), text) << 32 | checksum(new CRC32(), text);
    }

    private long checksum(Checksum checksum, byte[] text) {
        checksum.update(text);
        checksum.update(raw);
        return checksum.getValue();
    }
}
