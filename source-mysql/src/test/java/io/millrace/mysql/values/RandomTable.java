// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.testkit.MySqlRelease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** A table of some columns under test, copies of two of them that the server generates, and an id. */
final class RandomTable {

    private final MySqlRelease release;
    private final String name;
    private final List<TableColumn> columns = new ArrayList<>();

    /** @param constraints what follows the type in CREATE TABLE */
    record TableColumn(String name, ColumnUnderTest under, String constraints, boolean generated) {

        boolean nullable() {
            return !constraints.contains("NOT NULL");
        }

        String definition() {
            return "`" + name + "` " + under.definition() + " " + constraints;
        }
    }

    RandomTable(MySqlRelease release, String name, List<ColumnUnderTest> under, Random random) {
        this.release = release;
        this.name = name;
        for (ColumnUnderTest column : under) {
            // What MariaDB does not take for a geometry is null to it, or without bytes, where it must not be null.
            boolean mustBeNullable = release.isMariaDb() && column.mapping() == Mapping.GEOMETRY;
            String nullable = random.nextInt(3) == 0 && !mustBeNullable ? "NOT NULL" : "NULL";
            // MariaDB wants a default value then.
            boolean canBeInvisible = !release.isMariaDb() || nullable.equals("NULL");
            String visible = random.nextInt(8) == 0 && canBeInvisible ? " INVISIBLE" : "";
            columns.add(new TableColumn("c" + columns.size(), column, nullable + visible, false));
        }
        List<TableColumn> sources = columns.stream()
                .filter(column -> !column.under().definition().contains("SRID"))
                .toList();
        for (String kind : List.of("VIRTUAL", "STORED")) {
            TableColumn source = sources.get(random.nextInt(sources.size()));
            String visible = random.nextBoolean() ? " INVISIBLE" : "";
            columns.add(new TableColumn(
                    "g" + columns.size(),
                    source.under(),
                    "GENERATED ALWAYS AS (`" + source.name() + "`) " + kind + visible,
                    true));
        }
    }

    String name() {
        return name;
    }

    List<TableColumn> columns() {
        return columns;
    }

    String create() {
        return "CREATE TABLE " + name + " (id INT PRIMARY KEY, "
                + columns.stream().map(TableColumn::definition).collect(Collectors.joining(", "))
                + ", touched INT NOT NULL)";
    }

    String insert(Random random, int rows) {
        List<TableColumn> given =
                columns.stream().filter(column -> !column.generated()).toList();
        StringBuilder sql = new StringBuilder("INSERT INTO " + name + " (id, touched");
        given.forEach(column -> sql.append(", ").append(column.name()));
        sql.append(") VALUES ");
        for (int row = 0; row < rows; row++) {
            sql.append(row == 0 ? "(" : ", (").append(row).append(", 0");
            for (TableColumn column : given) {
                sql.append(", ").append(value(column, row, random));
            }
            sql.append(')');
        }
        return sql.toString();
    }

    private static String value(TableColumn column, int row, Random random) {
        List<String> boundaries = column.under().boundaries();
        if (row < boundaries.size()) {
            return boundaries.get(row);
        }
        int beyond = row - boundaries.size();
        if (beyond == 0 && column.nullable() || column.nullable() && random.nextInt(50) == 0) {
            return "NULL";
        }
        if (beyond == 1 && column.under().mapping() != Mapping.GEOMETRY) {
            return "DEFAULT";
        }
        return column.under().random().apply(random);
    }

    /** {@return a statement that assigns some columns what they are} Images that are not full tell these. */
    String update(Random random) {
        StringBuilder sql = new StringBuilder("UPDATE " + name + " SET touched = 1");
        for (TableColumn column : columns) {
            if (!column.generated() && random.nextInt(3) == 0) {
                sql.append(", ").append(column.name()).append(" = ").append(column.name());
            }
        }
        return sql.toString();
    }

    /** {@return a query of what the server says: the id, and every column in turn} */
    String oracle() {
        return "SELECT id, "
                + columns.stream()
                        .map(column -> column.under().mapping().oracle(release, "`" + column.name() + "`"))
                        .collect(Collectors.joining(", "))
                + " FROM " + name + " ORDER BY id";
    }
}
