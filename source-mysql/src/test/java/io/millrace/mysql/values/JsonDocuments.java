// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes SQL expressions of JSON documents: parsed from text, and built of SQL values, which JSON keeps as opaque. */
final class JsonDocuments {

    private static final List<String> CHARACTERS = List.of(
            "a", "Z", "ß", "🦆", "\\\"", "\\\\", "\\/", "\\n", "\\u0000", "\\u001f", "\\u007f", "\\u2028", " ", "'",
            "日");

    private static final List<String> INTEGERS = List.of(
            "0",
            "-1",
            "32767",
            "-32768",
            "32768",
            "-32769",
            "65535",
            "65536",
            "2147483647",
            "-2147483648",
            "2147483648",
            "-2147483649",
            "4294967295",
            "4294967296",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "18446744073709551615");

    private JsonDocuments() {}

    static List<String> boundaries() {
        List<String> literals = new ArrayList<>();
        for (String text :
                List.of("null", "true", "false", "\"\"", "{}", "[]", "{\"\":1}", "{\"a\":1,\"a\":2}", "-0", "-0.0")) {
            literals.add(quoted(text));
        }
        INTEGERS.forEach(number -> literals.add(quoted(number)));
        for (String number :
                List.of("18446744073709551616", "1e0", "1e15", "1e16", "1e-5", "1e-4", "1.5e300", "4.9e-324")) {
            literals.add(quoted(number));
        }
        literals.addAll(List.of(
                "CAST(DATE'0000-01-01' AS JSON)",
                "CAST(TIME'-838:59:59' AS JSON)",
                "CAST(TIME'-00:00:00.000001' AS JSON)",
                "CAST(CAST('0000-00-00 00:00:00' AS DATETIME) AS JSON)",
                "CAST(TIMESTAMP'9999-12-31 23:59:59.999999' AS JSON)",
                "CAST(CAST('-0.000000000000000000000000000001' AS DECIMAL(65,30)) AS JSON)",
                "JSON_ARRAY(b'1', x'', x'00', CAST('x' AS BINARY(3)))",
                "JSON_ARRAY(_utf16'A', _utf32'B', CONVERT('c' USING utf16le), _utf16'')",
                "CAST(ST_GeomFromText('POINT(1 2.5)') AS JSON)"));
        return literals;
    }

    /** {@return a document parsed from text, or one of SQL values} */
    static String any(Random random) {
        return random.nextInt(3) == 0 ? built(random, 0) : parsed(random);
    }

    static String parsed(Random random) {
        StringBuilder text = new StringBuilder();
        append(text, random, 0);
        return quoted(text.toString());
    }

    static String quoted(String json) {
        return "'" + json.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private static void append(StringBuilder to, Random random, int depth) {
        switch (random.nextInt(depth > 7 ? 6 : 9)) {
            case 0 -> to.append(random.nextInt() >> random.nextInt(32));
            case 1 -> to.append(random.nextLong() >> random.nextInt(64));
            case 2 -> to.append(INTEGERS.get(random.nextInt(INTEGERS.size())));
            case 3 -> to.append(NumberColumns.anyDouble(random));
            case 4 -> to.append(List.of("null", "true", "false").get(random.nextInt(3)));
            case 5 -> appendText(to, random);
            case 6 -> {
                to.append('[');
                for (int i = random.nextInt(7); i > 0; i--) {
                    append(to, random, depth + 1);
                    to.append(i > 1 ? "," : "");
                }
                to.append(']');
            }
            default -> {
                to.append('{');
                for (int i = random.nextInt(7); i > 0; i--) {
                    appendText(to, random);
                    to.append(':');
                    append(to, random, depth + 1);
                    to.append(i > 1 ? "," : "");
                }
                to.append('}');
            }
        }
    }

    private static void appendText(StringBuilder to, Random random) {
        to.append('"');
        for (int i = random.nextInt(random.nextInt(30) == 0 ? 300 : 8); i > 0; i--) {
            to.append(CHARACTERS.get(random.nextInt(CHARACTERS.size())));
        }
        to.append('"');
    }

    private static String built(Random random, int depth) {
        int kind = random.nextInt(depth > 3 ? 11 : 13);
        return switch (kind) {
            case 0 ->
                "CAST(CAST('%d.%04d' AS DECIMAL(%d,%d)) AS JSON)"
                        .formatted(
                                random.nextInt(), random.nextInt(10_000), 20 + random.nextInt(45), random.nextInt(10));
            case 1 -> "CAST(DATE'%s' AS JSON)".formatted(date(random));
            case 2 ->
                "CAST(TIME'%s%d:%02d:%02d.%06d' AS JSON)"
                        .formatted(
                                random.nextBoolean() ? "-" : "",
                                random.nextInt(838),
                                random.nextInt(60),
                                random.nextInt(60),
                                random.nextInt(1_000_000));
            case 3 ->
                "CAST(TIMESTAMP'%s %02d:%02d:%02d.%06d' AS JSON)"
                        .formatted(
                                date(random),
                                random.nextInt(24),
                                random.nextInt(60),
                                random.nextInt(60),
                                random.nextInt(1_000_000));
            case 4 ->
                "JSON_ARRAY(CAST(REPEAT(x'%02x', %d) AS BINARY))"
                        .formatted(random.nextInt(256), random.nextInt(random.nextInt(5) == 0 ? 400 : 60));
            case 5 -> "JSON_ARRAY(b'%s')".formatted(Integer.toBinaryString(random.nextInt(1 << 20)));
            case 6 -> "CAST(CAST(%s AS UNSIGNED) AS JSON)".formatted(Long.toUnsignedString(random.nextLong()));
            case 7 -> "CAST(%s * 1e0 AS JSON)".formatted(NumberColumns.anyDouble(random));
            case 8 ->
                "CAST(ST_GeomFromText('POINT(%d %s)') AS JSON)".formatted(random.nextInt(90), random.nextDouble());
            case 9 -> "CAST(CAST(%d AS YEAR) AS JSON)".formatted(1901 + random.nextInt(255));
            case 10 -> "CAST(" + parsed(random) + " AS JSON)";
            case 11 -> "JSON_ARRAY(" + built(random, depth + 1) + ", " + built(random, depth + 1) + ")";
            default ->
                "JSON_OBJECT('k%d', %s, 'k%d', %s)"
                        .formatted(
                                random.nextInt(50),
                                built(random, depth + 1),
                                random.nextInt(50),
                                built(random, depth + 1));
        };
    }

    private static String date(Random random) {
        return "%04d-%02d-%02d".formatted(random.nextInt(10_000), 1 + random.nextInt(12), 1 + random.nextInt(28));
    }
}
