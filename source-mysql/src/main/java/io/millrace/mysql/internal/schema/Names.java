// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

/**
 * Names whose letters' case does not count. The server takes letter for letter, so that İ is i, but ı is not; what Java
 * does with whole words is something else.
 */
final class Names {

    private Names() {}

    static String lower(String name) {
        char[] letters = name.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            letters[i] = Character.toLowerCase(letters[i]);
        }
        return new String(letters);
    }

    static boolean areSame(String one, String other) {
        return lower(one).equals(lower(other));
    }
}
