// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * References of values to the environment: <code>${NAME}</code>, or <code>${NAME:default}</code> where it need not be
 * set; <code>$${</code> is a plain <code>${</code>.
 */
final class References {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    private final Map<String, String> environment;
    private final FileFindings findings;

    References(Map<String, String> environment, FileFindings findings) {
        this.environment = environment;
        this.findings = findings;
    }

    /** {@return the text with its references replaced; one that cannot be is reported and stays} */
    String replaced(String text, Place place) {
        if (!text.contains("${")) {
            return text;
        }
        return REFERENCE
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group().equals("$${")
                                ? "${"
                                : value(match.group(1), match.group(2), match.group(), place)));
    }

    private String value(String content, String end, String written, Place place) {
        int colon = content.indexOf(':');
        String name = colon < 0 ? content : content.substring(0, colon);
        if (end.isEmpty() || content.contains("{") || !NAME.matcher(name).matches()) {
            findings.add(
                    place,
                    "a reference must be ${NAME} or ${NAME:default}, with no braces within; write $${ for a plain ${");
            return written;
        }
        String value = environment.get(name);
        if (value != null) {
            findings.hide(value, written);
            return value;
        }
        if (colon < 0) {
            findings.add(
                    place,
                    "the environment variable " + name + " is not set; set it, or write ${" + name + ":default}");
            return written;
        }
        return content.substring(colon + 1);
    }
}
