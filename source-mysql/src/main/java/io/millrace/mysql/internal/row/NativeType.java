// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A column's type in MySQL's words, as {@code SHOW COLUMNS} has it. A table map tells neither display
 * widths nor {@code zerofill}, and a FLOAT's digits are not in it either.
 */
final class NativeType {

    private static final String[] GEOMETRIES = {
        "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geomcollection"
    };

    private static final String[] TEXTS = {"tinytext", "text", "mediumtext", "longtext"};
    private static final String[] BLOBS = {"tinyblob", "blob", "mediumblob", "longblob"};

    private NativeType() {}

    static String of(RowLayout layout, int column, OptionalMetadata metadata, MySqlCharset charset, byte[][] members) {
        int meta = layout.metadata(column);
        String sign = metadata.unsigned[column] ? " unsigned" : "";
        return switch (layout.type(column)) {
            case TypeCode.TINY -> "tinyint" + sign;
            case TypeCode.SHORT -> "smallint" + sign;
            case TypeCode.INT24 -> "mediumint" + sign;
            case TypeCode.LONG -> "int" + sign;
            case TypeCode.LONGLONG -> "bigint" + sign;
            case TypeCode.FLOAT -> "float" + sign;
            case TypeCode.DOUBLE -> "double" + sign;
            case TypeCode.NEWDECIMAL -> "decimal(" + (meta >> 8) + "," + (meta & 0xff) + ")" + sign;
            case TypeCode.YEAR -> "year";
            case TypeCode.BIT -> "bit(" + ((meta >> 8) * 8 + (meta & 0xff)) + ")";
            case TypeCode.DATE, TypeCode.NEWDATE -> "date";
            case TypeCode.DATETIME, TypeCode.DATETIME2 -> fractional("datetime", meta);
            case TypeCode.TIMESTAMP, TypeCode.TIMESTAMP2 -> fractional("timestamp", meta);
            case TypeCode.TIME, TypeCode.TIME2 -> fractional("time", meta);
            case TypeCode.STRING -> sized(charset.isBinary() ? "binary" : "char", meta, charset);
            case TypeCode.VARCHAR -> sized(charset.isBinary() ? "varbinary" : "varchar", meta, charset);
            // With the byte that says how it is compressed.
            case TypeCode.VARCHAR_COMPRESSED -> sized(charset.isBinary() ? "varbinary" : "varchar", meta - 1, charset);
            case TypeCode.BLOB, TypeCode.BLOB_COMPRESSED -> (charset.isBinary() ? BLOBS : TEXTS)[meta - 1];
            case TypeCode.ENUM -> listed("enum", members);
            case TypeCode.SET -> listed("set", members);
            case TypeCode.JSON -> "json";
            case TypeCode.GEOMETRY -> geometry(metadata.geometryTypes[column]);
            case TypeCode.VECTOR -> "vector(" + metadata.vectorSizes[column] + ")";
            default -> "";
        };
    }

    private static String fractional(String type, int digits) {
        return digits == 0 ? type : type + "(" + digits + ")";
    }

    /** The log has the length in bytes, people write it in characters. */
    private static String sized(String type, int bytes, MySqlCharset charset) {
        return type + "(" + bytes / charset.bytesPerCharacter() + ")";
    }

    /** {@return the number of a geometry's type, -1 if it is none} */
    static int geometryType(String name) {
        return Arrays.asList(GEOMETRIES).indexOf(name);
    }

    private static String geometry(int type) {
        return type < GEOMETRIES.length ? GEOMETRIES[type] : GEOMETRIES[0];
    }

    private static String listed(String type, byte[][] members) {
        StringBuilder text = new StringBuilder(type).append('(');
        for (byte[] member : members) {
            String name = new String(member, StandardCharsets.UTF_8);
            text.append(text.charAt(text.length() - 1) == '(' ? "'" : ",'");
            text.append(name.replace("'", "''")).append('\'');
        }
        return text.append(')').toString();
    }

    /**
     * {@return the type of an ENUM or SET with its members as the log has them} {@code information_schema} escapes some
     * of their characters, in every SQL mode.
     */
    static String unescaped(String columnType) {
        StringBuilder text = new StringBuilder(columnType.length());
        for (int i = 0; i < columnType.length(); i++) {
            char c = columnType.charAt(i);
            if (c == '\\') {
                i++;
                text.append(
                        switch (columnType.charAt(i)) {
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case '0' -> '\0';
                            default -> columnType.charAt(i);
                        });
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
