// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.regex.Pattern;

/** What is not shown, in messages and by {@code --print-config}. */
final class Secrets {

    static final String HIDDEN = "***";

    private static final Pattern NAMES = Pattern.compile(
            "password|passwd|passphrase|secret|token|jaas|credential|(^|[._])auth$|(^|\\.)hash\\.key$|keystore\\.key$",
            Pattern.CASE_INSENSITIVE);

    /** Up to the last {@code @}: a password that is not encoded may hold one, or a slash. */
    private static final Pattern USER_OF_URI = Pattern.compile("://\\S*@");

    private Secrets() {}

    /** {@return whether what is there is a secret, by the keys that lead to it} */
    static boolean isSecret(String path) {
        return NAMES.matcher(path).find();
    }

    /** {@return the text without users and passwords of URIs} */
    static String masked(String text) {
        return USER_OF_URI.matcher(text).replaceAll("://" + HIDDEN + "@");
    }
}
