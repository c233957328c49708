// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Columns of text in every charset, of bytes, and of members. */
final class TextColumns {

    private static final List<ValueType> LONG_TEXTS =
            List.of(ValueType.TINYTEXT, ValueType.TEXT, ValueType.MEDIUMTEXT, ValueType.LONGTEXT);

    private static final List<ValueType> BLOBS =
            List.of(ValueType.TINYBLOB, ValueType.BLOB, ValueType.MEDIUMBLOB, ValueType.LONGBLOB);

    private TextColumns() {}

    /** @param all every charset with every type; otherwise one of the long types for each */
    static List<ColumnUnderTest> make(Random random, Map<String, CharacterPool> pools, boolean all) {
        List<ColumnUnderTest> columns = new ArrayList<>();
        int turn = random.nextInt(4);
        for (CharacterPool pool : pools.values()) {
            int few = random.nextInt(8) == 0 ? 255 : 1 + random.nextInt(40);
            columns.add(sized(ValueType.CHAR, few, pool));
            columns.add(sized(ValueType.VARCHAR, random.nextInt(4) == 0 ? 300 : 1 + random.nextInt(60), pool));
            for (int i = 0; i < (all ? 4 : 1); i++) {
                columns.add(unsized(LONG_TEXTS.get(turn++ % 4), pool));
            }
        }
        bytes(columns, random);
        members(columns, random, new ArrayList<>(pools.values()), all);
        return columns;
    }

    private static ColumnUnderTest sized(ValueType type, int size, CharacterPool pool) {
        String one = pool.literal(new Random(size), 1);
        List<String> boundaries = List.of("''", "' '", "'a '", "'  b'", one, "REPEAT(" + one + ", " + size + ")");
        return ColumnUnderTest.text(type, "(" + size + ")", pool.charset(), boundaries, r -> text(r, pool, size));
    }

    private static ColumnUnderTest unsized(ValueType type, CharacterPool pool) {
        int limit = switch (type) {
            case TINYTEXT -> 255;
            case TEXT -> 65_535;
            default -> 66_000;
        };
        int most = limit / pool.bytesPerCharacter();
        String one = pool.literal(new Random(limit), 1);
        List<String> boundaries = List.of("''", "'a '", "REPEAT(" + one + ", " + most + ")");
        return ColumnUnderTest.text(
                type, "", pool.charset(), boundaries, r -> text(r, pool, Math.min(most, r.nextInt(9) == 0 ? 300 : 50)));
    }

    private static String text(Random random, CharacterPool pool, int most) {
        String literal = pool.literal(random, random.nextInt(1 + random.nextInt(most + 1)));
        return random.nextInt(10) == 0
                ? "CONCAT(" + literal + ", CONVERT('  ' USING " + pool.charset() + "))"
                : literal;
    }

    private static void bytes(List<ColumnUnderTest> to, Random random) {
        for (int size : new int[] {1, 16, 1 + random.nextInt(255)}) {
            to.add(bytes(ValueType.BINARY, "binary(" + size + ")", size));
        }
        to.add(bytes(ValueType.VARBINARY, "varbinary(300)", 300));
        to.add(bytes(ValueType.VARBINARY, "varbinary(20)", 20));
        to.add(bytes(ValueType.VARBINARY, "varchar(20) CHARACTER SET binary", 20));
        for (ValueType type : BLOBS) {
            to.add(bytes(
                    type, type.keyword(), type == ValueType.TINYBLOB ? 255 : type == ValueType.BLOB ? 65_535 : 70_000));
        }
    }

    private static ColumnUnderTest bytes(ValueType type, String definition, int size) {
        List<String> boundaries = List.of(
                "''",
                "x'00'",
                "x'20'",
                "x'ff'",
                "REPEAT(x'00', " + size + ")",
                "REPEAT(x'c3', " + size + ")",
                "CONCAT(REPEAT(x'80', " + (size - 1) + "), x'00')");
        return ColumnUnderTest.of(type, definition, boundaries, r -> anyBytes(r, Math.min(size, 300)));
    }

    private static String anyBytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        for (int i = bytes.length - 1; i >= 0 && random.nextInt(3) > 0; i--) {
            bytes[i] = 0;
        }
        return "x'" + HexFormat.of().formatHex(bytes) + "'";
    }

    private static void members(List<ColumnUnderTest> to, Random random, List<CharacterPool> pools, boolean all) {
        for (int count : new int[] {1, 2 + random.nextInt(20), 255, 256, 600}) {
            to.add(enumeration(random, pools.get(random.nextInt(pools.size())), count));
        }
        for (int count : new int[] {1, 8, 9, 17, 24, 25, 33, 64, 2 + random.nextInt(60)}) {
            to.add(set(random, pools.get(random.nextInt(pools.size())), count));
        }
        for (CharacterPool pool : all ? pools : List.<CharacterPool>of()) {
            to.add(enumeration(random, pool, 20));
            to.add(set(random, pool, 20));
        }
    }

    private static ColumnUnderTest enumeration(Random random, CharacterPool pool, int count) {
        List<String> members = members(random, pool, count);
        return ColumnUnderTest.of(
                        ValueType.ENUM,
                        list("enum", members, pool),
                        List.of("0", "1", Integer.toString(count), "'no member'"),
                        r -> Integer.toString(1 + r.nextInt(count)))
                .withMembers(pool.charset(), members);
    }

    private static ColumnUnderTest set(Random random, CharacterPool pool, int count) {
        List<String> members = members(random, pool, count);
        String last = Long.toUnsignedString(1L << (count - 1));
        String all = Long.toUnsignedString(-1L >>> (64 - count));
        return ColumnUnderTest.of(
                        ValueType.SET,
                        list("set", members, pool),
                        List.of("0", "1", last, all, "'no member'"),
                        r -> Long.toUnsignedString(r.nextLong() >>> (64 - count)))
                .withMembers(pool.charset(), members);
    }

    /** The list of a column is made of characters that survive the way through CREATE TABLE. */
    private static List<String> members(Random random, CharacterPool pool, int count) {
        Set<String> members = new LinkedHashSet<>();
        while (members.size() < count) {
            StringBuilder member = new StringBuilder("m").append(members.size());
            for (int i = random.nextInt(5); i > 0; i--) {
                String character =
                        pool.characters().get(random.nextInt(pool.characters().size()));
                if (Character.isLetterOrDigit(character.codePointAt(0)) && character.length() == 1) {
                    member.append(character);
                }
            }
            members.add(member.append(random.nextInt(9) == 0 ? "'" : "x").toString());
        }
        return List.copyOf(members);
    }

    private static String list(String type, List<String> members, CharacterPool pool) {
        List<String> literals = members.stream()
                .map(member -> "'" + member.replace("'", "''") + "'")
                .toList();
        return type + "(" + String.join(",", literals) + ") CHARACTER SET " + pool.charset() + " COLLATE "
                + pool.charset() + "_bin";
    }
}
