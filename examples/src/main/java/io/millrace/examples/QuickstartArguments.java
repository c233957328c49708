// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@link Quickstart}.
 *
 * @param mysql {@code mysql://user:password@host:port/database}; null for a server of its own
 * @param kafka {@code host:port}; null for a broker of its own
 * @param follow whether to go on until Ctrl-C
 */
record QuickstartArguments(@Nullable URI mysql, @Nullable String kafka, boolean follow) {

    private static final String USAGE =
            "usage: quickstart [--mysql mysql://user:password@host:port/database] [--kafka host:port] [--follow]";

    /** @throws IllegalArgumentException with the usage, if an argument is not understood */
    static QuickstartArguments parse(String[] args) {
        URI mysql = null;
        String kafka = null;
        boolean follow = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--mysql" -> mysql = mysqlUri(value(args, ++i));
                case "--kafka" -> kafka = value(args, ++i);
                case "--follow" -> follow = true;
                default -> throw new IllegalArgumentException("unknown argument " + args[i] + "; " + USAGE);
            }
        }
        return new QuickstartArguments(mysql, kafka, follow);
    }

    private static String value(String[] args, int index) {
        if (index == args.length) {
            throw new IllegalArgumentException(args[index - 1] + " needs a value; " + USAGE);
        }
        return args[index];
    }

    private static URI mysqlUri(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--mysql " + text + " is not a URL: " + e.getMessage() + "; " + USAGE, e);
        }
        boolean complete = "mysql".equals(uri.getScheme())
                && uri.getHost() != null
                && uri.getUserInfo() != null
                && uri.getPath() != null
                && uri.getPath().length() > 1;
        if (!complete) {
            throw new IllegalArgumentException("--mysql needs a user, a host and a database; " + USAGE);
        }
        return uri;
    }
}
