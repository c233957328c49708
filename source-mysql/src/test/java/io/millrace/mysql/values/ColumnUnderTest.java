// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A column type with everything that a random table needs of it.
 *
 * @param definition as in CREATE TABLE, with charset, without constraints
 * @param charset of text; otherwise empty
 * @param scale digits of the seconds' fraction; otherwise 0
 * @param members of ENUM and SET
 * @param boundaries SQL expressions that every table has
 * @param random makes further ones
 */
record ColumnUnderTest(
        ValueType type,
        String definition,
        String charset,
        int scale,
        List<String> members,
        List<String> boundaries,
        Function<Random, String> random) {

    static ColumnUnderTest of(
            ValueType type, String definition, List<String> boundaries, Function<Random, String> random) {
        return new ColumnUnderTest(type, definition, "", 0, List.of(), boundaries, random);
    }

    static ColumnUnderTest temporal(
            ValueType type, int scale, List<String> boundaries, Function<Random, String> random) {
        String definition = type.keyword() + (scale == 0 ? "" : "(" + scale + ")");
        return new ColumnUnderTest(type, definition, "", scale, List.of(), boundaries, random);
    }

    static ColumnUnderTest text(
            ValueType type, String size, String charset, List<String> boundaries, Function<Random, String> random) {
        String definition = type.keyword() + size + " CHARACTER SET " + charset;
        return new ColumnUnderTest(type, definition, charset, 0, List.of(), boundaries, random);
    }

    ColumnUnderTest withMembers(String ofCharset, List<String> those) {
        return new ColumnUnderTest(type, definition, ofCharset, scale, those, boundaries, random);
    }

    Mapping mapping() {
        return type.mapping();
    }
}
