// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.util.Arrays;

/**
 * The charset behind each collation number, for every charset of MySQL 8 and MariaDB.
 *
 * <p>Sources: {@code information_schema.COLLATIONS} and {@code CHARACTER_SETS} of MySQL 8.0.31; for
 * numbers above 1,023 MariaDB's {@code m_ctype.h} (NOPAD and UCA 14.0.0 collations).
 */
final class Collations {

    /** Charset, bytes of its longest character, collations. */
    private static final String TABLE = """
            armscii8 1 32,64
            ascii 1 11,65
            big5 2 1,84
            binary 1 0,63
            cp1250 1 26,34,44,66,99
            cp1251 1 14,23,50-52
            cp1256 1 57,67
            cp1257 1 29,58,59
            cp850 1 4,80
            cp852 1 40,81
            cp866 1 36,68
            cp932 2 95,96
            dec8 1 3,69
            eucjpms 3 97,98
            euckr 2 19,85
            gb18030 4 248-250
            gb2312 2 24,86
            gbk 2 28,87
            geostd8 1 92,93
            greek 1 25,70
            hebrew 1 16,71
            hp8 1 6,72
            keybcs2 1 37,73
            koi8r 1 7,74
            koi8u 1 22,75
            latin1 1 5,8,15,31,47-49,94
            latin2 1 2,9,21,27,77
            latin5 1 30,78
            latin7 1 20,41,42,79
            macce 1 38,43
            macroman 1 39,53
            sjis 2 13,88
            swe7 1 10,82
            tis620 1 18,89
            ucs2 2 35,90,128-159,640-641
            ujis 3 12,91
            utf16 4 54,55,101-124,672-673
            utf16le 4 56,62
            utf32 4 60,61,160-183,736-737
            utf8mb3 3 33,76,83,192-215,223,576-578
            utf8mb4 4 45,46,224-247,255-323,608-610
            """;

    private static final int MARIADB_NO_PAD = 1024;
    private static final int MARIADB_UCA_14 = 2048;

    /** MariaDB numbers the collations of UCA 14.0.0 in blocks of 256 per charset. */
    private static final int[] BLOCKS = {33, 45, 35, 54, 60};

    private static final MySqlCharset[] BY_NUMBER = new MySqlCharset[MARIADB_NO_PAD];

    static {
        for (String line : TABLE.split("\n")) {
            String[] words = line.split(" ");
            MySqlCharset charset = charset(words[0], Integer.parseInt(words[1]));
            for (String range : words[2].split(",")) {
                String[] ends = range.split("-");
                int first = Integer.parseInt(ends[0]);
                int last = Integer.parseInt(ends[ends.length - 1]);
                Arrays.fill(BY_NUMBER, first, last + 1, charset);
            }
        }
    }

    private Collations() {}

    /** @param collation 0 where there is no text, which is then binary */
    static MySqlCharset charset(int collation) {
        int number = collation;
        if (number >= MARIADB_UCA_14 && number < MARIADB_UCA_14 + 256 * BLOCKS.length) {
            number = BLOCKS[(number - MARIADB_UCA_14) / 256];
        } else if (number >= MARIADB_NO_PAD && number < MARIADB_UCA_14) {
            number -= MARIADB_NO_PAD;
        }
        MySqlCharset charset = number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
        return charset == null ? new MySqlCharset.Unknown(collation) : charset;
    }

    /** {@return the number of one of the charset's collations, -1 if there is no such charset} */
    static int anyOf(String charset) {
        for (int i = 1; i < BY_NUMBER.length; i++) {
            if (BY_NUMBER[i] != null && BY_NUMBER[i].name().equals(charset)) {
                return i;
            }
        }
        return -1;
    }

    private static MySqlCharset charset(String name, int size) {
        return switch (name) {
            case "utf8mb4", "utf8mb3", "ascii", "binary" -> new MySqlCharset.PassThrough(name, size);
            case "utf16", "ucs2" -> new MySqlCharset.Wide(name, size, 2, false);
            case "utf16le" -> new MySqlCharset.Wide(name, size, 2, true);
            case "utf32" -> new MySqlCharset.Wide(name, size, 4, false);
            case "armscii8" -> TableCharset.ofUpperHalf(name, UpperHalves.ARMSCII8);
            case "geostd8" -> TableCharset.ofUpperHalf(name, UpperHalves.GEOSTD8);
            case "hp8" -> TableCharset.ofUpperHalf(name, UpperHalves.HP8);
            case "keybcs2" -> TableCharset.ofUpperHalf(name, UpperHalves.KEYBCS2);
            default -> tableCharset(name, size);
        };
    }

    private static MySqlCharset tableCharset(String name, int size) {
        String jdkName = switch (name) {
            case "big5" -> "x-Big5-Solaris";
            case "cp1250", "cp1251", "cp1256", "cp1257" -> "windows-" + name.substring(2);
            case "cp850", "cp852", "cp866" -> "IBM" + name.substring(2);
            case "cp932" -> "windows-31j";
            case "dec8" -> "ISO-8859-1";
            case "eucjpms", "ujis" -> "x-eucJP-Open";
            case "euckr" -> "x-windows-949";
            case "gb18030" -> "GB18030";
            case "gb2312" -> "GB2312";
            case "gbk" -> "x-mswin-936";
            case "greek" -> "ISO-8859-7";
            case "hebrew" -> "ISO-8859-8";
            case "koi8r" -> "KOI8-R";
            case "koi8u" -> "KOI8-U";
            case "latin1" -> "windows-1252";
            case "latin2" -> "ISO-8859-2";
            case "latin5" -> "ISO-8859-9";
            case "latin7" -> "ISO-8859-13";
            case "macce" -> "x-MacCentralEurope";
            case "macroman" -> "x-MacRoman";
            case "sjis" -> "Shift_JIS";
            case "swe7" -> "US-ASCII";
            case "tis620" -> "x-iso-8859-11";
            default -> throw new IllegalStateException(name);
        };
        String corrections = switch (name) {
            // These seven the server itself cannot convert; they are what Windows-950 says.
            case "big5" -> "a15a=2574 a1c3=ffe3 a1c5=2cd a1fe=ff0f a240=ff3c a2cc=5341 a2ce=5345";
            case "cp866" -> "fc=207f fd=b2";
            case "dec8" -> "a8=a4 d7=152 dd=178 f7=153 fd=ff";
            case "eucjpms" -> "a1bd=2015 a1c1=ff5e a1c2=2225 a1dd=ff0d a1f1=ffe0 a1f2=ffe1 a2cc=ffe2" + " 8fa2c3=ffe4";
            // The standard of 2022 took these out of the private use area and put others there; the server did not.
            case "gb18030" ->
                "a6d9=e78d a6da=e78e a6db=e78f a6dc=e790 a6dd=e791 a6de=e792 a6df=e793"
                        + " a6ec=e794 a6ed=e795 a6f3=e796 fe59=e81e fe61=e826 fe66=e82b fe67=e82c"
                        + " fe6d=e832 fe7e=e843 fe90=e854 fea0=e864"
                        + " 84318236=fe10 84318237=fe11 84318238=fe12 84318239=fe13 84318330=fe14 84318331=fe15"
                        + " 84318332=fe16 84318333=fe17 84318334=fe18 84318335=fe19 82359037=9fb4 82359038=9fb5"
                        + " 82359039=9fb6 82359130=9fb7 82359131=9fb8 82359132=9fb9 82359133=9fba 82359134=9fbb"
                        + " 8431a437=fffd";
            case "greek" -> "a1=2bd a2=2bc";
            case "hebrew" -> "af=203e";
            case "koi8u" -> "95=2022";
            // What windows-1252 leaves undefined; MySQL keeps the bytes as control characters.
            case "latin1" -> "81=81 8d=8d 8f=8f 90=90 9d=9d";
            case "sjis" -> "815c=2015 815f=5c";
            case "swe7" -> "40=c9 5b=c4 5c=d6 5d=c5 5e=dc 60=e9 7b=e4 7c=f6 7d=e5 7e=fc";
            case "tis620" -> "a0=fffd db=fffd dc=fffd dd=fffd de=fffd fc=fffd fd=fffd fe=fffd ff=fffd";
            case "ujis" -> "a1bd=2015 a1c0=5c 8fa2b7=7e";
            default -> "";
        };
        return new TableCharset(name, size, jdkName, corrections);
    }
}
