// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.mysql.internal.row.RandomJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A column at random, how random values of it are written, and the server's own word for them.
 *
 * @param declaration its type, as CREATE TABLE has it
 * @param charset of its text; empty if it has none
 * @param oracle an expression of the column {@code c} that says its value
 * @param reading what makes of that the text to compare with
 * @param literal SQL expressions for values
 */
record RandomColumn(
        Kind kind,
        String declaration,
        String charset,
        String oracle,
        UnaryOperator<String> reading,
        Function<Random, String> literal) {

    /** The types as the documentation tells them apart. */
    enum Kind {
        TINYINT,
        SMALLINT,
        MEDIUMINT,
        INT,
        BIGINT,
        YEAR,
        DECIMAL,
        FLOAT,
        DOUBLE,
        BIT,
        CHAR,
        VARCHAR,
        TEXT,
        BINARY,
        VARBINARY,
        BLOB,
        ENUM,
        SET,
        DATE,
        DATETIME,
        TIMESTAMP,
        TIME,
        JSON,
        GEOMETRY
    }

    /** Text in each character set that the server has; the last ones hold all of Unicode, or of its first plane. */
    private static final String[][] CHARSETS = {
        {"armscii8", "Հայերեն"},
        {"ascii", "plain"},
        {"big5", "繁體中文許功蓋"},
        {"cp1250", "žluťoučký kůň €"},
        {"cp1251", "Привет € Ђ"},
        {"cp1256", "مرحبا پچ €"},
        {"cp1257", "Ąžuolas ķēde"},
        {"cp850", "Çüéâ ░▒▓"},
        {"cp852", "žluťoučký"},
        {"cp866", "Привет №√"},
        {"cp932", "日本語ｶﾅ①髙～"},
        {"dec8", "Œuvre ÿ"},
        {"eucjpms", "日本語ｶﾅ①～"},
        {"euckr", "한국어 똠방각하"},
        {"gb18030", "简体繁體🦆ß"},
        {"gb2312", "简体中文"},
        {"gbk", "简体繁體中文"},
        {"geostd8", "ქართული"},
        {"greek", "Ελληνικά"},
        {"hebrew", "שלום"},
        {"hp8", "Àéîõü"},
        {"keybcs2", "žluťoučký"},
        {"koi8r", "Привет ═╬"},
        {"koi8u", "Привіт ґ"},
        {"latin1", "Grüße für 10 €, „so“ Žluť"},
        {"latin2", "žluťoučký"},
        {"latin5", "İstanbul ğş"},
        {"latin7", "Ąžuolas"},
        {"macce", "žluťoučký"},
        {"macroman", "Œuvre ∑∂ﬁ"},
        {"sjis", "日本語ｶﾅ表ソ能"},
        {"swe7", "Åäö"},
        {"tis620", "ภาษาไทย"},
        {"ujis", "日本語ｶﾅ丂"},
        {"ucs2", ""},
        {"utf8mb3", ""},
        {"utf16", "🦆"},
        {"utf16le", "🦆"},
        {"utf32", "🦆"},
        {"utf8mb4", "🦆"},
        {"utf8mb4", "🦆"},
    };

    static Set<String> charsets() {
        return Arrays.stream(CHARSETS).map(charset -> charset[0]).collect(Collectors.toSet());
    }

    static RandomColumn of(Kind kind, Random random) {
        return switch (kind) {
            case TINYINT -> integer(kind, 8, random);
            case SMALLINT -> integer(kind, 16, random);
            case MEDIUMINT -> integer(kind, 24, random);
            case INT -> integer(kind, 32, random);
            case BIGINT -> integer(kind, 64, random);
            case YEAR -> plain(kind, "year", "c + 0", r -> r.nextInt(9) == 0 ? "0" : "" + (1901 + r.nextInt(255)));
            case DECIMAL -> decimal(random);
            case FLOAT -> real(kind, r -> Float.toString(Float.intBitsToFloat(r.nextInt())), random);
            case DOUBLE -> real(kind, r -> Double.toString(Double.longBitsToDouble(r.nextLong())), random);
            case BIT -> bits(random);
            case CHAR -> text(kind, "char(" + random.nextInt(31) + ")", random);
            case VARCHAR -> text(kind, "varchar(" + (1 + random.nextInt(300)) + ")", random);
            case TEXT -> text(kind, one(random, "tinytext", "text", "mediumtext", "longtext"), random);
            case BINARY -> bytes(kind, "binary(" + random.nextInt(60) + ")");
            case VARBINARY -> bytes(kind, "varbinary(" + (1 + random.nextInt(400)) + ")");
            case BLOB -> bytes(kind, one(random, "tinyblob", "blob", "mediumblob", "longblob"));
            case ENUM -> members(kind, 1 + random.nextInt(random.nextBoolean() ? 5 : 400), random);
            case SET -> members(kind, 1 + random.nextInt(64), random);
            case DATE -> plain(kind, "date", "CAST(c AS CHAR)", r -> "'" + date(r) + "'");
            case DATETIME -> temporal(kind, random, r -> date(r) + " " + clock(r, r.nextInt(24)));
            case TIMESTAMP -> temporal(kind, random, r -> r.nextInt(20) == 0 ? "0000-00-00 00:00:00" : instant(r));
            case TIME -> temporal(kind, random, r -> (r.nextBoolean() ? "-" : "") + clock(r, hours(r)));
            case JSON -> plain(kind, "json", "CAST(c AS CHAR)", r -> RandomJson.expression(r, 5));
            case GEOMETRY -> geometry(random);
        };
    }

    private static RandomColumn plain(Kind kind, String declaration, String oracle, Function<Random, String> literal) {
        return new RandomColumn(kind, declaration, "", oracle, UnaryOperator.identity(), literal);
    }

    private static String one(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }

    // ---- numbers

    private static RandomColumn integer(Kind kind, int bits, Random random) {
        boolean unsigned = random.nextBoolean();
        BigInteger range = BigInteger.ONE.shiftLeft(bits);
        BigInteger lowest = unsigned ? BigInteger.ZERO : range.shiftRight(1).negate();
        return plain(kind, kind.name().toLowerCase() + (unsigned ? " unsigned" : ""), "CAST(c AS CHAR)", r -> {
            int choice = r.nextInt(20);
            BigInteger value = choice == 0
                    ? lowest
                    : choice == 1
                            ? lowest.add(range).subtract(BigInteger.ONE)
                            : lowest.add(new BigInteger(bits, r).shiftRight(choice == 2 ? r.nextInt(bits) : 0));
            return value.toString();
        });
    }

    private static RandomColumn decimal(Random random) {
        int precision = 1 + random.nextInt(65);
        int scale = random.nextInt(Math.min(precision, 30) + 1);
        return plain(Kind.DECIMAL, "decimal(" + precision + "," + scale + ")", "CAST(c AS CHAR)", r -> {
            int digits = r.nextInt(8) == 0 ? precision : 1 + r.nextInt(precision);
            String number = r.nextInt(8) == 0
                    ? "9".repeat(digits)
                    : IntStream.range(0, digits)
                            .mapToObj(i -> "" + r.nextInt(10))
                            .collect(Collectors.joining());
            return (r.nextBoolean() ? "-" : "") + new BigDecimal(new BigInteger(number), scale).toPlainString();
        });
    }

    private static RandomColumn real(Kind kind, Function<Random, String> bits, Random random) {
        return new RandomColumn(
                kind,
                kind.name().toLowerCase(),
                "",
                "CAST(CAST(c * 1e0 AS JSON) AS CHAR)",
                text -> Double.toString(Double.parseDouble(text)),
                r -> {
                    String value = bits.apply(r);
                    return switch (r.nextInt(8)) {
                        case 0 -> "-0e0";
                        case 1 -> "0.1";
                        default -> value.contains("N") || value.contains("I") ? "0" : value;
                    };
                });
    }

    private static RandomColumn bits(Random random) {
        int width = random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(64);
        return plain(
                Kind.BIT,
                "bit(" + width + ")",
                "CAST(c + 0 AS CHAR)",
                r -> r.nextInt(8) == 0
                        ? "b'" + "1".repeat(width) + "'"
                        : "b'" + new BigInteger(width, r).toString(2) + "'");
    }

    // ---- text and bytes

    private static RandomColumn text(Kind kind, String type, Random random) {
        String[] charset = CHARSETS[random.nextInt(CHARSETS.length)];
        return new RandomColumn(
                kind,
                type + " character set " + charset[0],
                charset[0],
                "CONVERT(c USING utf8mb4)",
                UnaryOperator.identity(),
                r -> RandomJson.quoted(characters(charset[1], r, r.nextInt(12) == 0 ? 200 : 30)));
    }

    private static String characters(String sample, Random random, int most) {
        int[] known = sample.codePoints().toArray();
        boolean isUnicode = sample.isEmpty() || sample.equals("🦆");
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append(' ');
                case 1 -> text.append((char) ('0' + random.nextInt(43)));
                case 2 -> text.append(isUnicode ? (char) (0xa1 + random.nextInt(0x5000)) : 'x');
                default ->
                    text.append(known.length == 0 ? "日" : Character.toString(known[random.nextInt(known.length)]));
            }
        }
        // What US-ASCII has here some of the sets have elsewhere, or not at all.
        return text.toString().replaceAll("[\\\\\\[\\]^_@`{|}~]", "x");
    }

    private static RandomColumn bytes(Kind kind, String type) {
        return plain(kind, type, "HEX(c)", r -> {
            byte[] content = new byte[r.nextInt(r.nextInt(10) == 0 ? 250 : 24)];
            r.nextBytes(content);
            for (int i = content.length - 1; i >= 0 && r.nextInt(3) == 0; i--) {
                content[i] = 0;
            }
            return "x'" + HexFormat.of().formatHex(content) + "'";
        });
    }

    private static RandomColumn members(Kind kind, int count, Random random) {
        String[] charset = CHARSETS[random.nextInt(CHARSETS.length)];
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(RandomJson.quoted("m" + i
                    + (charset[1].isEmpty() ? "日" : charset[1].substring(0, charset[1].offsetByCodePoints(0, 1)))));
        }
        String type = kind.name().toLowerCase() + "(" + String.join(",", names) + ") character set " + charset[0];
        Function<Random, String> literal = kind == Kind.ENUM
                ? r -> r.nextInt(20) == 0 ? "'no member'" : Integer.toString(1 + r.nextInt(count))
                : r -> new BigInteger(count, r).toString();
        return new RandomColumn(kind, type, charset[0], "CONVERT(c USING utf8mb4)", UnaryOperator.identity(), literal);
    }

    // ---- dates and times

    private static RandomColumn temporal(Kind kind, Random random, Function<Random, String> literal) {
        String type = kind.name().toLowerCase() + "(" + random.nextInt(7) + ")";
        return plain(kind, type, "CAST(c AS CHAR)", r -> "'" + literal.apply(r) + "'");
    }

    private static String date(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> "0000-00-00";
            case 1 -> "0000-01-01";
            case 2 -> "%04d-00-%02d".formatted(random.nextInt(10_000), 1 + random.nextInt(28));
            case 3 -> "%04d-%02d-00".formatted(random.nextInt(10_000), 1 + random.nextInt(12));
            case 4 -> "9999-12-31";
            default ->
                "%04d-%02d-%02d".formatted(random.nextInt(10_000), 1 + random.nextInt(12), 1 + random.nextInt(28));
        };
    }

    private static String instant(Random random) {
        long seconds = 1 + (random.nextInt() & 0x7fff_ffffL) % 2_147_000_000L;
        return java.time.LocalDateTime.ofEpochSecond(seconds, 0, java.time.ZoneOffset.UTC)
                        .toString()
                        .replace('T', ' ')
                        .concat(":00")
                        .substring(0, 19)
                + "." + "%06d".formatted(random.nextInt(1_000_000));
    }

    private static int hours(Random random) {
        return random.nextInt(6) == 0 ? 838 : random.nextInt(random.nextBoolean() ? 2 : 839);
    }

    private static String clock(Random random, int hours) {
        return "%02d:%02d:%02d.%06d"
                .formatted(
                        hours,
                        random.nextInt(60),
                        random.nextInt(60),
                        random.nextInt(4) == 0 ? 1 : random.nextInt(1_000_000));
    }

    // ---- geometry

    private static RandomColumn geometry(Random random) {
        String oracle =
                "CONCAT(ST_SRID(c), ' ', HEX(IF(ST_SRID(c) = 4326, ST_AsWKB(c, 'axis-order=long-lat'), ST_AsWKB(c))))";
        return plain(Kind.GEOMETRY, "geometry", oracle, r -> {
            int srid = new int[] {0, 3857, 4326}[r.nextInt(3)];
            String shape = switch (r.nextInt(7)) {
                case 0 -> "POINT(" + point(r) + ")";
                case 1 -> "LINESTRING(" + point(r) + "," + point(r) + "," + point(r) + ")";
                case 2 -> "POLYGON((0 0,0 " + (1 + r.nextInt(80)) + ",5 5,0 0))";
                case 3 -> "MULTIPOINT((" + point(r) + "),(" + point(r) + "))";
                case 4 -> "MULTILINESTRING((" + point(r) + "," + point(r) + "),(" + point(r) + "," + point(r) + "))";
                case 5 -> "MULTIPOLYGON(((0 0,0 3,3 3,0 0)),((10 10,10 13,13 13,10 10)))";
                default -> "GEOMETRYCOLLECTION(POINT(" + point(r) + "),LINESTRING(" + point(r) + "," + point(r) + "))";
            };
            return "ST_GeomFromText('" + shape + "', " + srid + ")";
        });
    }

    private static String point(Random random) {
        return (random.nextInt(16_000) - 8_000) / 100.0 + " " + (random.nextInt(16_000) - 8_000) / 100.0;
    }
}
