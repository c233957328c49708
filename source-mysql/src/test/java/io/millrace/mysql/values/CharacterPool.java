// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.testkit.MySqlServer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Characters of one charset of the server, as bytes in hexadecimal. The server itself has said that
 * they are characters and what they are: what it cannot convert to Unicode is left out.
 */
record CharacterPool(String charset, int bytesPerCharacter, List<String> bytes, List<String> characters) {

    private static final Map<String, Charset> UNICODE = Map.of(
            "utf8mb3", StandardCharsets.UTF_8,
            "utf8mb4", StandardCharsets.UTF_8,
            "ucs2", StandardCharsets.UTF_16BE,
            "utf16", StandardCharsets.UTF_16BE,
            "utf16le", StandardCharsets.UTF_16LE,
            "utf32", Charset.forName("UTF-32BE"));

    /** {@return pools of all charsets that the server has, bytes without a charset excepted} */
    static Map<String, CharacterPool> ofAll(MySqlServer server, Random random, int candidates) throws SQLException {
        Map<String, CharacterPool> pools = new LinkedHashMap<>();
        for (List<String> row : server.query("SELECT CHARACTER_SET_NAME, MAXLEN FROM information_schema.CHARACTER_SETS"
                + " WHERE CHARACTER_SET_NAME <> 'binary' ORDER BY 1")) {
            String charset = row.get(0);
            int length = Integer.parseInt(row.get(1));
            pools.put(charset, of(server, charset, length, candidates(charset, length, random, candidates)));
        }
        return pools;
    }

    private static CharacterPool of(MySqlServer server, String charset, int length, List<String> candidates)
            throws SQLException {
        String row = server.release().isMariaDb() ? "('" : "ROW('";
        String values = row + String.join("')," + row, candidates) + "')";
        List<String> bytes = new ArrayList<>();
        List<String> characters = new ArrayList<>();
        for (List<String> character : server.query("""
                WITH candidates(h) AS (VALUES %2$s)
                SELECT h, HEX(CONVERT(c USING utf8mb4)) FROM (
                SELECT h, CONVERT(UNHEX(h) USING %1$s) c FROM candidates) converted
                WHERE CHAR_LENGTH(c) = 1 AND HEX(c) = h AND LENGTH(CONVERT(c USING utf8mb4)) > 0
                AND (h IN ('3F', '003F', '3F00', '0000003F')
                OR HEX(CONVERT(c USING utf32)) NOT IN ('0000003F', '0000FFFD'))
                """.formatted(charset, values))) {
            bytes.add(character.get(0));
            characters.add(new String(HexFormat.of().parseHex(character.get(1)), StandardCharsets.UTF_8));
        }
        return new CharacterPool(charset, length, bytes, characters);
    }

    private static List<String> candidates(String charset, int length, Random random, int count) {
        HexFormat hex = HexFormat.of().withUpperCase();
        List<String> candidates = new ArrayList<>();
        Charset unicode = UNICODE.get(charset);
        if (unicode != null) {
            int end = charset.equals("ucs2") || charset.equals("utf8mb3") ? 0x10000 : 0x110000;
            for (int i = 0; i < count; i++) {
                int codePoint = i < 0x100 ? i : random.nextInt(random.nextInt(3) == 0 ? end : 0x10000);
                if (codePoint < 0xd800 || codePoint > 0xdfff) {
                    candidates.add(hex.formatHex(Character.toString(codePoint).getBytes(unicode)));
                }
            }
            return candidates;
        }
        for (int i = 0; i < 0x100; i++) {
            candidates.add("%02X".formatted(i));
        }
        for (int i = 0; i < count && length > 1; i++) {
            String pair = "%02X%02X".formatted(0x80 + random.nextInt(128), 0x30 + random.nextInt(0xd0));
            candidates.add(pair);
            if (length == 3) {
                candidates.add("8F%02X%02X".formatted(0xa1 + random.nextInt(94), 0xa1 + random.nextInt(94)));
            } else if (length == 4) {
                candidates.add("%02X%02X%02X%02X"
                        .formatted(
                                0x81 + random.nextInt(i % 2 == 0 ? 4 : 126),
                                0x30 + random.nextInt(10),
                                0x81 + random.nextInt(126),
                                0x30 + random.nextInt(10)));
            }
        }
        return candidates;
    }

    String any(Random random) {
        return bytes.get(random.nextInt(bytes.size()));
    }

    /** {@return a literal of so many characters} */
    String literal(Random random, int length) {
        StringBuilder text = new StringBuilder("_").append(charset).append(" x'");
        for (int i = 0; i < length; i++) {
            text.append(any(random));
        }
        return text.append('\'').toString();
    }
}
