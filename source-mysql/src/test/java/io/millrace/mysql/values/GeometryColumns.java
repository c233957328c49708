// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Columns of geometries, with and without a spatial reference system. */
final class GeometryColumns {

    private static final List<ValueType> SIMPLE = List.of(
            ValueType.POINT,
            ValueType.LINESTRING,
            ValueType.POLYGON,
            ValueType.MULTIPOINT,
            ValueType.MULTILINESTRING,
            ValueType.MULTIPOLYGON);

    private static final int WGS_84 = 4326;
    private static final int WEB_MERCATOR = 3857;

    private GeometryColumns() {}

    /** @param isMariaDb whether columns cannot be bound to a reference system */
    static List<ColumnUnderTest> make(boolean isMariaDb) {
        List<ColumnUnderTest> columns = new ArrayList<>();
        List<ValueType> all = new ArrayList<>(SIMPLE);
        all.add(ValueType.GEOMETRYCOLLECTION);
        all.add(ValueType.GEOMETRY);
        for (ValueType type : all) {
            for (int srid : isMariaDb ? new int[] {-1} : new int[] {-1, 0, WGS_84}) {
                columns.add(ColumnUnderTest.of(
                        type,
                        type.keyword() + (srid < 0 ? "" : " SRID " + srid),
                        List.of(literal(new Random(1), type, srid), literal(new Random(2), type, srid)),
                        r -> literal(r, type, srid)));
            }
        }
        columns.add(ColumnUnderTest.of(
                ValueType.GEOMETRY,
                "geometry",
                List.of(
                        "ST_GeomFromText('GEOMETRYCOLLECTION EMPTY')",
                        "ST_GeomFromText('POINT(0 0)', " + WEB_MERCATOR + ")",
                        "ST_GeomFromWKB(x'00000000013FF00000000000004000000000000000')",
                        "ST_GeomFromText('POINT(-0e0 1e-300)')"),
                r -> literal(r, ValueType.GEOMETRYCOLLECTION, -1)));
        return columns;
    }

    private static String literal(Random random, ValueType type, int columnSrid) {
        int[] srids = {0, WEB_MERCATOR, WGS_84};
        int srid = columnSrid >= 0 ? columnSrid : srids[random.nextInt(srids.length)];
        return "ST_GeomFromText('" + text(random, type, 0) + "', " + srid + ")";
    }

    private static String text(Random random, ValueType type, int depth) {
        return switch (type) {
            case POINT -> "POINT(" + position(random) + ")";
            case LINESTRING -> "LINESTRING(" + positions(random, 2) + ")";
            case POLYGON -> "POLYGON(" + rings(random) + ")";
            case MULTIPOINT -> "MULTIPOINT(" + positions(random, 1) + ")";
            case MULTILINESTRING ->
                "MULTILINESTRING(" + repeated(random, 1, () -> "(" + positions(random, 2) + ")") + ")";
            case MULTIPOLYGON -> "MULTIPOLYGON(" + repeated(random, 1, () -> "(" + rings(random) + ")") + ")";
            case GEOMETRYCOLLECTION ->
                "GEOMETRYCOLLECTION("
                        + repeated(
                                random,
                                1,
                                () -> depth < 2 && random.nextInt(4) == 0
                                        ? text(random, type, depth + 1)
                                        : text(random, simple(random), depth))
                        + ")";
            default -> text(random, random.nextInt(7) == 0 ? ValueType.GEOMETRYCOLLECTION : simple(random), depth);
        };
    }

    private static ValueType simple(Random random) {
        return SIMPLE.get(random.nextInt(SIMPLE.size()));
    }

    private static String repeated(Random random, int atLeast, Supplier<String> one) {
        List<String> parts = new ArrayList<>();
        for (int i = atLeast + random.nextInt(3); i > 0; i--) {
            parts.add(one.get());
        }
        return String.join(",", parts);
    }

    private static String positions(Random random, int atLeast) {
        return repeated(random, atLeast, () -> position(random));
    }

    private static String rings(Random random) {
        return repeated(random, 1, () -> {
            String start = position(random);
            return "(" + start + "," + positions(random, 2) + "," + start + ")";
        });
    }

    private static String position(Random random) {
        return coordinate(random) + " " + coordinate(random);
    }

    private static String coordinate(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Integer.toString(random.nextInt(181) - 90);
            case 1 -> Double.toString(random.nextGaussian() * 1e-9);
            default -> Double.toString(random.nextDouble() * 180 - 90);
        };
    }
}
