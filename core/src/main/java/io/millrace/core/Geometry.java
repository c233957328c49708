// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A geometric value. The bytes are not copied: treat them as read-only.
 *
 * @param srid id of the spatial reference system, 0 for none
 * @param wkb well-known binary (OGC 06-103r4)
 */
public record Geometry(int srid, byte[] wkb) {

    public Geometry {
        Objects.requireNonNull(wkb, "wkb");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Geometry that && srid == that.srid && Arrays.equals(wkb, that.wkb);
    }

    @Override
    public int hashCode() {
        return 31 * srid + Arrays.hashCode(wkb);
    }

    @Override
    public String toString() {
        return "SRID=" + srid + ";" + HexFormat.of().formatHex(wkb);
    }
}
