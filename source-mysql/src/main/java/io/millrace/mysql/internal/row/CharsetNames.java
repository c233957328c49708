// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/** Names of the charsets behind collation numbers. */
public final class CharsetNames {

    private CharsetNames() {}

    /** {@return the charset's name; for a collation that is not known one that no charset has} */
    public static String ofCollation(int collation) {
        return MySqlCharset.ofCollation(collation).name();
    }
}
