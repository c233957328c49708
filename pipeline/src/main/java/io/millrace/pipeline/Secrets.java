// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is not shown, in messages and by {@code --print-config}. */
final class Secrets {

    static final String HIDDEN = "***";

    private static final Pattern NAMES = Pattern.compile(
            "password|passwd|passphrase|secret|token|jaas|credential|(^|[._])auth$|(^|\\.)hash(\\[\\d+])?\\.key$"
                    + "|keystore\\.key$",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern URIS = Pattern.compile("ur[il]s?(\\[\\d+])?$", Pattern.CASE_INSENSITIVE);

    /** Up to the last {@code @}: a password that is not encoded may hold one, or a slash. */
    private static final Pattern USER_OF_URI = Pattern.compile("(\\w[\\w+.-]*://)?\\S*@");

    private static final Pattern QUERY =
            Pattern.compile("((?:password|token|secret)[^=&\\s]*[=:])[^&,\\s]+", Pattern.CASE_INSENSITIVE);

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^:}]*)(:[^}]*)?}");

    private Secrets() {}

    /** {@return whether what is there is a secret, by the keys that lead to it} */
    static boolean isSecret(String path) {
        return NAMES.matcher(path).find()
                || NAMES.matcher(path.replace("_", "").replace("-", "")).find();
    }

    /** {@return the text without users and passwords of URIs} */
    static String masked(String text) {
        // Behind the last one there is no user, and a long text is not searched for it from each of its characters.
        int end = text.lastIndexOf('@') + 1;
        String withoutUsers = USER_OF_URI
                .matcher(text.substring(0, end))
                .replaceAll(match ->
                        (match.group(1) == null ? "" : Matcher.quoteReplacement(match.group(1))) + HIDDEN + "@");
        return QUERY.matcher(withoutUsers + text.substring(end)).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN));
    }

    /** {@return the text of a setting as far as it may be shown; what is said of a URI is not always one} */
    static String masked(String path, String text) {
        int end = text.lastIndexOf('@');
        boolean isOdd =
                URIS.matcher(path).find() && end >= 0 && text.substring(0, end).matches("(?s).*\\s.*");
        return isOdd ? HIDDEN + masked(text.substring(end)) : masked(text);
    }

    /** {@return a secret as it is written, if that tells only where it comes from} */
    static String reference(String raw) {
        Matcher reference = REFERENCE.matcher(raw);
        if (!reference.matches()) {
            return HIDDEN;
        }
        return reference.group(2) == null ? raw : "${" + reference.group(1) + ":" + HIDDEN + "}";
    }
}
