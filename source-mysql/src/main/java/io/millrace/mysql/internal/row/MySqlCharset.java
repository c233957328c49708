// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/**
 * A character set as MySQL understands it, which is not always what the JDK understands under the
 * same name. {@link #ofCollation} finds it. Immutable and safe to share.
 */
abstract class MySqlCharset {

    private final String name;
    private final int bytesPerCharacter;

    MySqlCharset(String name, int bytesPerCharacter) {
        this.name = name;
        this.bytesPerCharacter = bytesPerCharacter;
    }

    /** {@return the charset of a collation's number, as table maps have it} */
    static MySqlCharset ofCollation(int collation) {
        return Collations.charset(collation);
    }

    final String name() {
        return name;
    }

    /** {@return bytes that the longest character takes: a column's length in bytes counts with it} */
    final int bytesPerCharacter() {
        return bytesPerCharacter;
    }

    boolean isBinary() {
        return false;
    }

    /** {@return whether text is UTF-8 already} */
    boolean isUtf8() {
        return false;
    }

    /**
     * Writes text as UTF-8 to the scratch bytes.
     *
     * @return how many bytes were written
     * @throws MalformedValueException if the bytes are no text of this charset, or the JVM lacks it
     */
    abstract int toUtf8(byte[] from, int offset, int length, Scratch room);

    final MalformedValueException malformed(byte[] from, int at, int offset) {
        return new MalformedValueException(
                "byte 0x%02x at %d begins no character of %s".formatted(from[at], at - offset, name));
    }

    /** UTF-8 by its several names, ASCII, and bytes without a charset. */
    static final class PassThrough extends MySqlCharset {

        private final boolean binary;

        PassThrough(String name, int bytesPerCharacter) {
            super(name, bytesPerCharacter);
            this.binary = name.equals("binary");
        }

        @Override
        boolean isBinary() {
            return binary;
        }

        @Override
        boolean isUtf8() {
            return !binary;
        }

        @Override
        int toUtf8(byte[] from, int offset, int length, Scratch room) {
            int bad = Utf8.malformedAt(from, offset, offset + length);
            if (bad >= 0) {
                throw malformed(from, bad, offset);
            }
            System.arraycopy(from, offset, room.bytes(length), 0, length);
            return length;
        }
    }

    /** UTF-16 in both byte orders, UTF-32, and UCS-2, which is UTF-16 without surrogates. */
    static final class Wide extends MySqlCharset {

        private final int unit;
        private final boolean littleEndian;

        Wide(String name, int bytesPerCharacter, int unit, boolean littleEndian) {
            super(name, bytesPerCharacter);
            this.unit = unit;
            this.littleEndian = littleEndian;
        }

        @Override
        int toUtf8(byte[] from, int offset, int length, Scratch room) {
            byte[] to = room.bytes(2 * length + 4);
            int end = offset + length;
            int out = 0;
            int at = offset;
            while (at < end) {
                int codePoint = unit(from, at, end);
                int size = unit;
                if (unit == 2 && codePoint >= 0xd800 && codePoint < 0xdc00 && end - at >= 4) {
                    int low = unit(from, at + 2, end);
                    if (low >= 0xdc00 && low < 0xe000) {
                        codePoint = Character.toCodePoint((char) codePoint, (char) low);
                        size = 4;
                    }
                }
                boolean surrogate = codePoint >= 0xd800 && codePoint < 0xe000;
                if (codePoint < 0 || codePoint > 0x10ffff || surrogate) {
                    throw malformed(from, at, offset);
                }
                out = Utf8.put(codePoint, to, out);
                at += size;
            }
            return out;
        }

        private int unit(byte[] from, int at, int end) {
            if (end - at < unit) {
                return -1;
            }
            return (int) (littleEndian ? Bytes.littleEndian(from, at, unit) : Bytes.bigEndian(from, at, unit));
        }
    }

    /** A collation that came after this library. Its text can be told from other types, not read. */
    static final class Unknown extends MySqlCharset {

        private final int collation;

        Unknown(int collation) {
            super("collation " + collation, 1);
            this.collation = collation;
        }

        @Override
        int toUtf8(byte[] from, int offset, int length, Scratch room) {
            throw new MalformedValueException("its charset is unknown: collation number " + collation);
        }
    }
}
