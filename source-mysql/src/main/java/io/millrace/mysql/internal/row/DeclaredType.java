// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.util.List;

/**
 * A column's type as it was declared, in one spelling of many: {@code int}, never {@code integer}. Immutable.
 *
 * @param name the type's name in lower case
 * @param length in characters, bytes, bits or digits; -1 where the type has none
 * @param scale digits behind the point, or of the seconds
 * @param members of an ENUM or SET
 */
public record DeclaredType(String name, int length, int scale, boolean unsigned, List<String> members) {

    public DeclaredType {
        members = List.copyOf(members);
    }

    /** {@return whether its values are text in a charset: not so those of ENUM and SET, which are numbers in the log} */
    public boolean isText() {
        return switch (name) {
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> true;
            default -> false;
        };
    }

    /** {@return the type as SQL} */
    @Override
    public String toString() {
        StringBuilder sql = new StringBuilder(name);
        if (!members.isEmpty()) {
            for (int i = 0; i < members.size(); i++) {
                String member = members.get(i).replace("\\", "\\\\").replace("'", "''");
                sql.append(i == 0 ? "('" : ",'").append(member).append('\'');
            }
            sql.append(')');
        } else if (name.equals("decimal")) {
            sql.append('(').append(length).append(',').append(scale).append(')');
        } else if (length >= 0 || scale > 0) {
            sql.append('(').append(length >= 0 ? length : scale).append(')');
        }
        return unsigned ? sql.append(" unsigned").toString() : sql.toString();
    }
}
