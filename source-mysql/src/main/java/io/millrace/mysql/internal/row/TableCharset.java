// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A charset of one to four bytes per character, by tables that are made from one of the JDK's when
 * the first text is read, and corrected where MySQL differs. Both were compared byte by byte: each
 * correction is what the server converts the bytes to.
 */
final class TableCharset extends MySqlCharset {

    private static final char NONE = '\uffff';

    private final String jdkName;
    /** {@code a1bd=2015 ...}: bytes and character, both in hexadecimal. */
    private final String corrections;
    /** What the bytes 0x80 to 0xff are, instead of what the JDK says; empty to take its word. */
    private final String upperHalf;

    private volatile @Nullable Tables tables;

    TableCharset(String name, int bytesPerCharacter, String jdkName, String corrections) {
        this(name, bytesPerCharacter, jdkName, corrections, "");
    }

    /** A charset of one byte per character that the JDK does not have. */
    static TableCharset ofUpperHalf(String name, String upperHalf) {
        return new TableCharset(name, 1, "US-ASCII", "", upperHalf);
    }

    private TableCharset(String name, int bytesPerCharacter, String jdkName, String corrections, String upperHalf) {
        super(name, bytesPerCharacter);
        this.jdkName = jdkName;
        this.corrections = corrections;
        this.upperHalf = upperHalf;
    }

    @Override
    int toUtf8(byte[] from, int offset, int length, Scratch room) {
        Tables known = tables;
        if (known == null) {
            known = makeTables();
            tables = known;
        }
        byte[] to = room.bytes(3 * length + 1);
        int end = offset + length;
        int out = 0;
        int at = offset;
        while (at < end) {
            int first = from[at] & 0xff;
            int character = known.single[first];
            int size = 1;
            if (character == NONE && end - at >= 2) {
                int second = from[at + 1] & 0xff;
                if (known.triple.length > 0 && first == 0x8f && end - at >= 3) {
                    character = known.triple[second << 8 | (from[at + 2] & 0xff)];
                    size = 3;
                } else if (bytesPerCharacter() == 4 && second >= '0' && second <= '9') {
                    character = fourBytes(known, from, at, end);
                    size = 4;
                } else if (known.pair.length > 0) {
                    character = known.pair[first << 8 | second];
                    size = 2;
                }
            }
            if (character < 0 || character == NONE && size < 4) {
                throw malformed(from, at, offset);
            }
            out = Utf8.put(character, to, out);
            at += size;
        }
        return out;
    }

    /** {@return the code point, U+FFFF included, or -1} GB18030 covers all of Unicode by them: too many for a table. */
    private int fourBytes(Tables known, byte[] from, int at, int end) {
        if (end - at >= 4) {
            Character corrected = known.four.get((int) Bytes.bigEndian(from, at, 4));
            if (corrected != null) {
                return corrected;
            }
            String text = new String(from, at, 4, Charset.forName(jdkName));
            int codePoint = text.codePointAt(0);
            if (Character.charCount(codePoint) == text.length() && codePoint != 0xfffd) {
                return codePoint;
            }
        }
        return -1;
    }

    private Tables makeTables() {
        CharsetDecoder decoder;
        try {
            decoder = Charset.forName(jdkName)
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
        } catch (UnsupportedCharsetException e) {
            throw new MalformedValueException("its charset " + name() + " needs " + jdkName
                    + ", which this JVM lacks: add the module jdk.charsets to it");
        }
        char[] single = new char[256];
        byte[] bytes = new byte[3];
        for (int i = 0; i < 256; i++) {
            bytes[0] = (byte) i;
            single[i] = decode(decoder, bytes, 1);
            if (i >= 0x80 && !upperHalf.isEmpty()) {
                single[i] = upperHalf.charAt(i - 0x80);
            }
        }
        char[] pair = bytesPerCharacter() > 1 ? new char[65536] : new char[0];
        char[] triple = bytesPerCharacter() == 3 ? new char[65536] : new char[0];
        for (int i = 0; i < pair.length; i++) {
            bytes[0] = (byte) (i >> 8);
            bytes[1] = (byte) i;
            pair[i] = single[i >> 8] == NONE ? decode(decoder, bytes, 2) : NONE;
        }
        for (int i = 0; i < triple.length; i++) {
            bytes[0] = (byte) 0x8f;
            bytes[1] = (byte) (i >> 8);
            bytes[2] = (byte) i;
            triple[i] = decode(decoder, bytes, 3);
        }
        if (triple.length > 0) {
            addUserDefined(pair, 0xe000);
            addUserDefined(triple, 0xe3ac);
        }
        return correct(new Tables(single, pair, triple, new HashMap<>()));
    }

    /** EUC of Japan: MySQL maps the rows 85 to 94, which are left to users, to the private use area. */
    private static void addUserDefined(char[] table, int firstCharacter) {
        int character = firstCharacter;
        for (int row = 0xf5; row <= 0xfe; row++) {
            for (int cell = 0xa1; cell <= 0xfe; cell++) {
                table[row << 8 | cell] = (char) character++;
            }
        }
    }

    private Tables correct(Tables made) {
        for (String correction : corrections.split(" ")) {
            int equals = correction.indexOf('=');
            if (equals > 0) {
                int bytes = Integer.parseUnsignedInt(correction.substring(0, equals), 16);
                char character = (char) Integer.parseInt(correction.substring(equals + 1), 16);
                switch ((equals + 1) / 2) {
                    case 1 -> made.single[bytes] = character;
                    case 2 -> made.pair[bytes] = character;
                    case 3 -> made.triple[bytes & 0xffff] = character;
                    default -> made.four.put(bytes, character);
                }
            }
        }
        return made;
    }

    private static char decode(CharsetDecoder decoder, byte[] bytes, int count) {
        CharBuffer to = CharBuffer.allocate(2);
        CoderResult result = decoder.reset().decode(ByteBuffer.wrap(bytes, 0, count), to, true);
        return result.isUnderflow() && to.position() == 1 && to.get(0) != '\ufffd' ? to.get(0) : NONE;
    }

    /**
     * By the byte, by two bytes, by the last two of three that begin with 0x8f, and the few of four
     * bytes that are corrected.
     */
    private record Tables(char[] single, char[] pair, char[] triple, Map<Integer, Character> four) {}
}
