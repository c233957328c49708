// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The members of an ENUM or SET, as the column's native type lists them ({@code enum('a','it''s')}). Immutable.
 *
 * @param isSet whether a value holds any number of them, separated by commas
 */
record Members(boolean isSet, List<String> names, byte[][] utf8) {

    static final Members NONE = new Members(false, List.of(), new byte[0][]);

    /** {@return the column's members; none if it is neither an ENUM nor a SET} */
    static Members of(Column column) {
        String type = column.nativeType();
        boolean isSet = type.startsWith("set(");
        if (column.type() != ColumnType.STRING || !isSet && !type.startsWith("enum(")) {
            return NONE;
        }
        List<String> names = parse(type.substring(type.indexOf('(') + 1));
        byte[][] utf8 = new byte[names.size()][];
        for (int i = 0; i < utf8.length; i++) {
            utf8[i] = names.get(i).getBytes(StandardCharsets.UTF_8);
        }
        return new Members(isSet, names, utf8);
    }

    private static List<String> parse(String quoted) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < quoted.length(); i++) {
            char c = quoted.charAt(i);
            if (c != '\'') {
                if (inside) {
                    name.append(c);
                }
            } else if (!inside) {
                inside = true;
            } else if (i + 1 < quoted.length() && quoted.charAt(i + 1) == '\'') {
                name.append(c);
                i++;
            } else {
                names.add(name.toString());
                name.setLength(0);
                inside = false;
            }
        }
        return List.copyOf(names);
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /**
     * Writes the number that the server stores for the value: of an ENUM the member's, from 1, and 0 for an empty text that
     * is no member, but the sign of an error; of a SET the members' bits, the first one's lowest.
     *
     * @return false, and nothing is written, if the text holds what is no member
     */
    boolean writeNumber(byte[] text, int offset, int length, JsonBuffer out) {
        long number = isSet || length > 0 ? 0 : index(text, offset, offset) + 1L;
        int end = offset + length;
        for (int from = offset; from < end; ) {
            int to = isSet ? endOfMember(text, from, end) : end;
            int index = index(text, from, to);
            if (index < 0) {
                return false;
            }
            number = isSet ? number | 1L << index : index + 1L;
            from = to + 1;
        }
        out.unsignedNumber(number);
        return true;
    }

    /** {@return where the member of a SET's value that begins at {@code from} ends} */
    static int endOfMember(byte[] text, int from, int end) {
        int to = from;
        while (to < end && text[to] != ',') {
            to++;
        }
        return to;
    }

    private int index(byte[] text, int from, int to) {
        for (int i = 0; i < utf8.length; i++) {
            if (Arrays.equals(utf8[i], 0, utf8[i].length, text, from, to)) {
                return i;
            }
        }
        return -1;
    }
}
