// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.regex.Pattern;

/** The rule for names of pipelines and targets: they are part of file names, keys and client ids. */
final class Names {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

    private Names() {}

    static void check(String setting, String name, Findings findings) {
        findings.require(
                ALLOWED.matcher(name).matches(),
                setting,
                name,
                "must be 1 to 100 letters, digits, '-' or '_', a letter or digit first");
    }
}
