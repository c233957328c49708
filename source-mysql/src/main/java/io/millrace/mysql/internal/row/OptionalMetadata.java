// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table map tells beside types and lengths: names, signs, charsets, members and keys. The log
 * counts only the columns that a field can concern (the second charset is that of the second column
 * of text); here everything is by column.
 *
 * <p>Source: MySQL's {@code rows_event.h} (Table_map_event::Optional_metadata_field_type) and
 * {@code log_event.cc} (Table_map_log_event::init_metadata_fields).
 */
final class OptionalMetadata {

    private static final int SIGNEDNESS = 1;
    private static final int DEFAULT_CHARSET = 2;
    private static final int COLUMN_CHARSET = 3;
    private static final int COLUMN_NAME = 4;
    private static final int SET_STR_VALUE = 5;
    private static final int ENUM_STR_VALUE = 6;
    private static final int GEOMETRY_TYPE = 7;
    private static final int SIMPLE_PRIMARY_KEY = 8;
    private static final int PRIMARY_KEY_WITH_PREFIX = 9;
    private static final int ENUM_AND_SET_DEFAULT_CHARSET = 10;
    private static final int ENUM_AND_SET_COLUMN_CHARSET = 11;
    private static final int VECTOR_DIMENSIONALITY = 13;

    /** Null if {@code binlog_row_metadata} is not FULL. */
    String @Nullable [] names;

    final boolean[] unsigned;
    /** Collation of a column's text or members; 0 where there is none. */
    final int[] collations;
    /** An ENUM's or SET's members, in the column's charset. */
    final byte[] @Nullable [][] members;

    final int[] geometryTypes;
    final int[] vectorSizes;
    int[] primaryKey = {};

    /** What MySQL 8 logs whatever {@code binlog_row_metadata} is, and MySQL 5.7 never. */
    boolean hasSigns;

    boolean hasCharsets;
    boolean hasGeometryTypes;

    private final RowLayout layout;
    final ServerFamily family;

    private OptionalMetadata(RowLayout layout, ServerFamily family) {
        int columns = layout.columns();
        this.layout = layout;
        this.family = family;
        this.unsigned = new boolean[columns];
        this.collations = new int[columns];
        this.members = new byte[columns][][];
        this.geometryTypes = new int[columns];
        this.vectorSizes = new int[columns];
    }

    /** Reads a table map's last part; fields of kinds that came later are passed over. */
    static OptionalMetadata read(EventReader body, RowLayout layout, ServerFamily family) {
        OptionalMetadata metadata = new OptionalMetadata(layout, family);
        while (body.remaining() > 0) {
            int kind = body.u8();
            metadata.readField(kind, body.part(body.packed()));
        }
        return metadata;
    }

    /** {@return whether a table map's last part names the columns} */
    static boolean hasNames(EventReader body) {
        boolean found = false;
        while (body.remaining() > 0 && !found) {
            found = body.u8() == COLUMN_NAME;
            body.skip(body.packed());
        }
        return found;
    }

    /** {@return a column's name for a message, or its number where the log has no names} */
    static String findName(EventReader body, int column) {
        while (body.remaining() > 0) {
            int kind = body.u8();
            EventReader field = body.part(body.packed());
            for (int i = 0; kind == COLUMN_NAME && field.remaining() > 0; i++) {
                String name = field.name(field.packed());
                if (i == column) {
                    return name;
                }
            }
        }
        return "number " + (column + 1);
    }

    private void readField(int kind, EventReader field) {
        switch (kind) {
            case SIGNEDNESS -> readSigns(field);
            case DEFAULT_CHARSET -> {
                readDefaultCharset(field, textColumns());
                hasCharsets = true;
            }
            case COLUMN_CHARSET -> {
                readNumbers(field, textColumns(), collations);
                hasCharsets = true;
            }
            case COLUMN_NAME -> readNames(field);
            case SET_STR_VALUE -> readMembers(field, columns(TypeCode.SET));
            case ENUM_STR_VALUE -> readMembers(field, columns(TypeCode.ENUM));
            case GEOMETRY_TYPE -> {
                readNumbers(field, columns(TypeCode.GEOMETRY), geometryTypes);
                hasGeometryTypes = true;
            }
            case SIMPLE_PRIMARY_KEY -> readPrimaryKey(field, false);
            case PRIMARY_KEY_WITH_PREFIX -> readPrimaryKey(field, true);
            case ENUM_AND_SET_DEFAULT_CHARSET -> readDefaultCharset(field, columns(TypeCode.ENUM, TypeCode.SET));
            case ENUM_AND_SET_COLUMN_CHARSET -> readNumbers(field, columns(TypeCode.ENUM, TypeCode.SET), collations);
            case VECTOR_DIMENSIONALITY -> readNumbers(field, columns(TypeCode.VECTOR), vectorSizes);
            default -> {
                // Visibility, and what future servers add: no value is read differently for it.
            }
        }
    }

    /**
     * The columns whose charsets the log lists: is_character_type. VECTOR is one of them, and to
     * MariaDB also GEOMETRY, though their charset means nothing.
     */
    private int[] textColumns() {
        return family == ServerFamily.MARIADB
                ? columns(
                        TypeCode.STRING,
                        TypeCode.VARCHAR,
                        TypeCode.VARCHAR_COMPRESSED,
                        TypeCode.BLOB,
                        TypeCode.BLOB_COMPRESSED,
                        TypeCode.GEOMETRY)
                : columns(TypeCode.STRING, TypeCode.VARCHAR, TypeCode.BLOB, TypeCode.VECTOR);
    }

    private int[] columns(int... types) {
        int[] found = new int[layout.columns()];
        int count = 0;
        for (int i = 0; i < found.length; i++) {
            for (int type : types) {
                if (layout.type(i) == type) {
                    found[count++] = i;
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    private void readSigns(EventReader field) {
        int[] numeric = columns(
                TypeCode.TINY,
                TypeCode.SHORT,
                TypeCode.INT24,
                TypeCode.LONG,
                TypeCode.LONGLONG,
                TypeCode.NEWDECIMAL,
                TypeCode.FLOAT,
                TypeCode.DOUBLE,
                TypeCode.YEAR);
        boolean[] bits = field.bitsHighestFirst(numeric.length);
        for (int i = 0; i < numeric.length; i++) {
            unsigned[numeric[i]] = bits[i];
        }
        hasSigns = true;
    }

    /** The collation of most columns, then pairs of a column's number and its own collation. */
    private void readDefaultCharset(EventReader field, int[] columns) {
        int common = field.packed();
        for (int column : columns) {
            collations[column] = common;
        }
        while (field.remaining() > 0) {
            int column = columnOf(columns, field.packed());
            collations[column] = field.packed();
        }
    }

    private void readNumbers(EventReader field, int[] columns, int[] into) {
        for (int i = 0; field.remaining() > 0; i++) {
            into[columnOf(columns, i)] = field.packed();
        }
    }

    private void readMembers(EventReader field, int[] columns) {
        for (int i = 0; field.remaining() > 0; i++) {
            byte[][] names = new byte[field.packed()][];
            for (int j = 0; j < names.length; j++) {
                names[j] = field.bytes(field.packed());
            }
            members[columnOf(columns, i)] = names;
        }
    }

    /** Tells an ENUM's or SET's members, which the log does not. */
    void setMembers(int column, List<String> names) {
        members[column] = names.stream()
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        collations[column] = Collations.anyOf("utf8mb4");
    }

    private void readNames(EventReader field) {
        List<String> found = new ArrayList<>(layout.columns());
        while (field.remaining() > 0) {
            found.add(field.name(field.packed()));
        }
        if (found.size() != layout.columns()) {
            throw new MalformedRowException("the table map of " + layout.table() + " names " + found.size() + " of "
                    + layout.columns() + " columns");
        }
        names = found.toArray(new String[0]);
    }

    private void readPrimaryKey(EventReader field, boolean withPrefixes) {
        int[] key = new int[layout.columns()];
        int count = 0;
        while (field.remaining() > 0) {
            int column = field.packed();
            if (withPrefixes) {
                field.packed();
            }
            if (column >= key.length || count == key.length) {
                throw new MalformedRowException(
                        "the table map of " + layout.table() + " has no column " + column + " for its primary key");
            }
            key[count++] = column;
        }
        primaryKey = Arrays.copyOf(key, count);
    }

    private int columnOf(int[] columns, int index) {
        if (index >= columns.length) {
            throw new MalformedRowException("the table map of " + layout.table() + " tells more of column " + index
                    + " of a kind than there are: " + columns.length);
        }
        return columns[index];
    }
}
