// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Constants as the command line writes them: {@code kill-broker}. */
final class Names {

    private Names() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> String all(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Names::of).collect(Collectors.joining(","));
    }

    /** @throws IllegalArgumentException naming those that there are */
    static <E extends Enum<E>> E parse(Class<E> type, String name) {
        for (E constant : type.getEnumConstants()) {
            if (of(constant).equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("there is no '" + name + "'; there are " + all(type));
    }
}
