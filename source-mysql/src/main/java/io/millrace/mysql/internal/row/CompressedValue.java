// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The values of MariaDB's COMPRESSED columns.
 *
 * <p>Layout: MariaDB's {@code field_comp.cc} and {@code field.cc}, Field_longstr::compress. The empty value has no
 * bytes. Otherwise a byte comes first: 0 if the value follows as it is; else its high half is the method (8: zlib), bit
 * 3 says that zlib's own header is left out, and the lowest three how many bytes follow with the original length, the
 * highest first; then the compressed bytes.
 */
final class CompressedValue {

    private static final int ZLIB = 8;
    private static final int RAW = 0x08;
    private static final int LENGTH = 0x07;

    /** More than zlib can make of a byte. */
    private static final long LARGEST_RATIO = 1_100;

    private CompressedValue() {}

    /** {@return the value that the bytes are} */
    static byte[] read(byte[] event, int at, int length) {
        if (length == 0) {
            return new byte[0];
        }
        int first = event[at] & 0xff;
        if (first == 0) {
            return Arrays.copyOfRange(event, at + 1, at + length);
        }
        int width = first & LENGTH;
        if (first >> 4 != ZLIB || width < 1 || width > 4 || 1 + width > length) {
            throw new MalformedValueException(
                    "it is compressed in a way that is not known: 0x" + Integer.toHexString(first));
        }
        long size = Bytes.bigEndian(event, at + 1, width);
        int from = 1 + width;
        if (size > LARGEST_RATIO * (length - from)) {
            throw new MalformedValueException((length - from) + " compressed bytes cannot be " + size);
        }
        byte[] value = new byte[Math.toIntExact(size)];
        Inflater inflater = new Inflater((first & RAW) != 0);
        try {
            inflater.setInput(event, at + from, length - from);
            int count = inflater.inflate(value);
            if (count != value.length || inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
                throw new MalformedValueException("its compressed bytes do not have the length that they tell");
            }
            return value;
        } catch (DataFormatException e) {
            throw new MalformedValueException("its compressed bytes are damaged: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }
}
