// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** JSON values at random. */
final class RandomJson {

    private RandomJson() {}

    static String key(Random random) {
        List<String> keys = List.of(
                "a",
                "b",
                "cc",
                "",
                "a b",
                "a.b",
                "[0]",
                "$",
                "quo\"te",
                "back\\slash",
                "ü",
                "日本",
                "\uD83D\uDE00",
                "new\nline",
                "k".repeat(300));
        return keys.get(random.nextInt(keys.size()));
    }

    /** {@return an SQL expression for a JSON value, of all types that the server has} */
    static String expression(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 16 : 10)) {
            case 0 -> "CAST('null' AS JSON)";
            case 1 -> "CAST('" + random.nextBoolean() + "' AS JSON)";
            case 2 -> "CAST(" + (random.nextLong() >> random.nextInt(64)) + " AS JSON)";
            case 3 -> "CAST(" + random.nextInt(1_000_000) + "." + random.nextInt(1_000) + " AS JSON)";
            case 4 -> "CAST('" + random.nextDouble() * Math.pow(10, random.nextInt(40) - 20) + "' AS JSON)";
            case 5 -> "CAST(CAST('2024-02-29 12:34:56.789' AS DATETIME(" + random.nextInt(7) + ")) AS JSON)";
            case 6 -> "CAST(TIME'-12:34:56' AS JSON)";
            case 7 -> "JSON_QUOTE(REPEAT('long', " + random.nextInt(20_000) + "))";
            case 8 -> "CAST(X'00FF80' AS JSON)";
            case 9 -> "JSON_QUOTE(" + quoted(key(random)) + ")";
            default -> container(random, depth);
        };
    }

    private static String container(Random random, int depth) {
        List<String> arguments = new ArrayList<>();
        boolean array = random.nextBoolean();
        for (int i = random.nextInt(6); i > 0; i--) {
            if (!array) {
                arguments.add(quoted(key(random)));
            }
            arguments.add(expression(random, depth - 1));
        }
        return (array ? "JSON_ARRAY(" : "JSON_OBJECT(") + String.join(", ", arguments) + ")";
    }

    /** {@return the text as an SQL literal} */
    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
