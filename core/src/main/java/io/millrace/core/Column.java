// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.Objects;

/**
 * One column of a {@link TableSchema}. Immutable.
 *
 * @param name as the source spells it
 * @param type what its values are in Java
 * @param nativeType the source's own name of the type, such as {@code bigint unsigned}; empty if unknown
 * @param scale digits after the point: of a DECIMAL, or of the seconds of a temporal type; otherwise 0
 * @param nullable whether the source allows null
 */
public record Column(String name, ColumnType type, String nativeType, int scale, boolean nullable) {

    public Column {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(nativeType, "nativeType");
        if (scale < 0) {
            throw new IllegalArgumentException("scale was " + scale + " but it must not be negative");
        }
    }

    /** {@return a nullable column without a native type or scale} */
    public static Column of(String name, ColumnType type) {
        return new Column(name, type, "", 0, true);
    }

    /** {@return this column under another name} */
    public Column named(String newName) {
        return new Column(newName, type, nativeType, scale, nullable);
    }
}
