// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Columns of numbers, with the values at which their types end or change their representation. */
final class NumberColumns {

    private NumberColumns() {}

    static List<ColumnUnderTest> make(Random random, boolean all) {
        List<ColumnUnderTest> columns = new ArrayList<>();
        integers(columns, ValueType.TINYINT, ValueType.TINYINT_UNSIGNED, 8);
        integers(columns, ValueType.SMALLINT, ValueType.SMALLINT_UNSIGNED, 16);
        integers(columns, ValueType.MEDIUMINT, ValueType.MEDIUMINT_UNSIGNED, 24);
        integers(columns, ValueType.INT, ValueType.INT_UNSIGNED, 32);
        integers(columns, ValueType.BIGINT, ValueType.BIGINT_UNSIGNED, 64);
        columns.add(ColumnUnderTest.of(
                ValueType.YEAR,
                "year",
                List.of("0", "1901", "1970", "2000", "2155"),
                r -> Integer.toString(r.nextInt(256) == 0 ? 0 : 1901 + r.nextInt(255))));
        decimals(columns, random);
        floats(columns);
        doubles(columns);
        bits(columns, random, all);
        return columns;
    }

    private static void integers(List<ColumnUnderTest> to, ValueType signed, ValueType unsigned, int bits) {
        BigInteger one = BigInteger.ONE;
        BigInteger half = one.shiftLeft(bits - 1);
        List<String> positive = new ArrayList<>();
        for (int shift = 7; shift < bits; shift += 8) {
            positive.add(one.shiftLeft(shift).subtract(one).toString());
            positive.add(one.shiftLeft(shift).toString());
        }
        List<String> boundaries =
                new ArrayList<>(List.of("0", "1", "-1", half.negate().toString()));
        boundaries.addAll(positive);
        to.add(ColumnUnderTest.of(
                signed,
                signed.keyword(),
                boundaries,
                r -> integer(r, bits).subtract(half).toString()));
        List<String> large = new ArrayList<>(
                List.of("0", "1", half.shiftLeft(1).subtract(one).toString()));
        large.addAll(positive);
        Function<Random, String> anyUnsigned = r -> integer(r, bits).toString();
        to.add(ColumnUnderTest.of(unsigned, unsigned.keyword(), large, anyUnsigned));
        to.add(ColumnUnderTest.of(unsigned, unsigned.keyword() + " zerofill", large, anyUnsigned));
    }

    private static BigInteger integer(Random random, int bits) {
        return new BigInteger(random.nextBoolean() ? bits : 1 + random.nextInt(bits), random);
    }

    private static void decimals(List<ColumnUnderTest> to, Random random) {
        int[][] sizes = {{65, 30}, {65, 0}, {30, 30}, {1, 0}, {1, 1}, {18, 9}, {10, 2}, {0, 0}, {0, 0}, {0, 0}};
        for (int[] size : sizes) {
            int precision = size[0] == 0 ? 1 + random.nextInt(65) : size[0];
            int scale = size[0] == 0 ? random.nextInt(Math.min(precision, 30) + 1) : size[1];
            String largest =
                    new BigDecimal(BigInteger.TEN.pow(precision).subtract(BigInteger.ONE), scale).toPlainString();
            String smallest = new BigDecimal(BigInteger.ONE, scale).toPlainString();
            List<String> boundaries = List.of("0", "-0.0", largest, "-" + largest, smallest, "-" + smallest);
            boolean unsigned = random.nextInt(4) == 0;
            to.add(ColumnUnderTest.of(
                    ValueType.DECIMAL,
                    "decimal(" + precision + "," + scale + ")" + (unsigned ? " unsigned" : ""),
                    boundaries,
                    r -> decimal(r, precision, scale)));
        }
    }

    private static String decimal(Random random, int precision, int scale) {
        BigInteger digits =
                new BigInteger(4 * precision, random).mod(BigInteger.TEN.pow(1 + random.nextInt(precision)));
        return (random.nextBoolean() ? "-" : "") + new BigDecimal(digits, scale).toPlainString();
    }

    private static void floats(List<ColumnUnderTest> to) {
        List<String> boundaries = new ArrayList<>(List.of("0", "-0e0", "0.1", "1.1", "16777217", "123456789", "1e-46"));
        for (float value : new float[] {Float.MAX_VALUE, Float.MIN_NORMAL, Float.MIN_VALUE, 1.17549421e-38f}) {
            boundaries.add(Double.toString(value));
            boundaries.add(Double.toString(-value));
        }
        for (String definition : List.of("float", "float unsigned", "float(9,3)")) {
            to.add(ColumnUnderTest.of(ValueType.FLOAT, definition, boundaries, NumberColumns::anyFloat));
        }
    }

    private static String anyFloat(Random random) {
        float value = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(2_000_000) / 1000f - 1000;
            case 1 -> random.nextInt(1 << 23) * Float.MIN_VALUE;
            default -> Float.intBitsToFloat(random.nextInt());
        };
        return Float.isFinite(value) ? Double.toString(value) : "0.5";
    }

    private static void doubles(List<ColumnUnderTest> to) {
        List<String> boundaries = new ArrayList<>(List.of(
                "0", "-0e0", "0.1", "9007199254740993", "1.2345678901234567", "2e-44", "123456789012345680", "1e-400"));
        for (double value : new double[] {Double.MAX_VALUE, Double.MIN_NORMAL, 4.9e-324, 2.225073858507201e-308}) {
            boundaries.add(Double.toString(value));
            boundaries.add(Double.toString(-value));
        }
        for (String definition : List.of("double", "double unsigned", "double(20,5)")) {
            to.add(ColumnUnderTest.of(ValueType.DOUBLE, definition, boundaries, NumberColumns::anyDouble));
        }
    }

    static String anyDouble(Random random) {
        double value = switch (random.nextInt(5)) {
            case 0 -> random.nextInt(2_000_000_000) / 1e4 - 1e5;
            case 1 -> (random.nextLong() >>> 12) * Double.MIN_VALUE;
            case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            default -> Double.longBitsToDouble(random.nextLong());
        };
        return Double.isFinite(value) ? Double.toString(value) : "0.5e0";
    }

    /** @param all every width */
    private static void bits(List<ColumnUnderTest> to, Random random, boolean all) {
        to.add(ColumnUnderTest.of(ValueType.BIT_1, "bit(1)", List.of("0", "1"), r -> Integer.toString(r.nextInt(2))));
        int[] some = {2, 8, 9, 31, 32, 33, 63, 64, 2 + random.nextInt(63), 2 + random.nextInt(63)};
        for (int width : all ? IntStream.rangeClosed(2, 64).toArray() : some) {
            BigInteger end = BigInteger.ONE.shiftLeft(width);
            List<String> boundaries = List.of(
                    "0",
                    "1",
                    end.shiftRight(1).toString(),
                    end.subtract(BigInteger.ONE).toString());
            to.add(ColumnUnderTest.of(
                    ValueType.BIT,
                    "bit(" + width + ")",
                    boundaries,
                    r -> integer(r, width).toString()));
        }
    }
}
