// SPDX-License-Identifier: Apache-2.0
package io.millrace.architecture;

import java.util.Arrays;
import java.util.stream.Stream;

/** The modules, by their root packages, and what each may know of the others. A new module takes its line here. */
enum Module {
    CORE("io.millrace.core", true),
    MYSQL("io.millrace.mysql", true, CORE),
    MONGO("io.millrace.mongo", true, CORE),
    KAFKA("io.millrace.kafka", true, CORE),
    REDIS("io.millrace.redis", true, CORE),
    PIPELINE("io.millrace.pipeline", false, CORE),
    TESTKIT("io.millrace.testkit", false, CORE),
    EXAMPLES("io.millrace.examples", false, CORE, MYSQL, MONGO, KAFKA, REDIS, TESTKIT);

    private final String root;
    private final boolean library;
    private final Module[] known;

    Module(String root, boolean library, Module... known) {
        this.root = root;
        this.library = library;
        this.known = known;
    }

    /** All packages of the module, as ArchUnit writes it. */
    String packages() {
        return root + "..";
    }

    /** The packages that are nobody else's business. */
    String internals() {
        return root + "..internal..";
    }

    /** The packages of Millrace that this module may use: its own, and those of the modules it knows. */
    String[] usable() {
        return Stream.concat(Stream.of(this), Arrays.stream(known))
                .map(Module::packages)
                .toArray(String[]::new);
    }

    /** Packages of the modules that run inside users' applications. */
    static String[] libraries() {
        return Arrays.stream(values())
                .filter(module -> module.library)
                .map(Module::packages)
                .toArray(String[]::new);
    }

    /** Packages of the modules that users get: the libraries and the test kit. */
    static String[] published() {
        return Arrays.stream(values())
                .filter(module -> module != EXAMPLES)
                .map(Module::packages)
                .toArray(String[]::new);
    }

    static String[] all() {
        return Arrays.stream(values()).map(Module::packages).toArray(String[]::new);
    }
}
