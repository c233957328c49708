// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Texts of a file as numbers, times and the like. Each method throws what the text must be. */
final class Scalars {

    private static final Set<Class<?>> TYPES = Set.of(
            String.class,
            boolean.class,
            int.class,
            long.class,
            double.class,
            Duration.class,
            Instant.class,
            Path.class,
            ZoneId.class,
            Object.class);
    /** As YAML 1.2's core schema has them. */
    private static final Set<String> TRUTHS = Set.of("true", "True", "TRUE", "false", "False", "FALSE");

    private static final Pattern TIME = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(KiB|MiB|GiB)");
    private static final Map<String, Integer> SHIFTS = Map.of("KiB", 10, "MiB", 20, "GiB", 30);

    private Scalars() {}

    /** What a text must be to be of a type. */
    static final class WrongTextException extends Exception {

        private static final long serialVersionUID = 1L;

        WrongTextException(String needed) {
            super(needed);
        }

        /** {@return what it must be} */
        String needed() {
            return String.valueOf(getMessage());
        }
    }

    static boolean canBe(Class<?> type) {
        return type.isEnum() || TYPES.contains(primitive(type));
    }

    /**
     * {@return the scalar as a value of the type}
     *
     * @param name of the setting: sizes may be written with a unit
     */
    static @Nullable Object parse(Class<?> type, String name, Yaml.Scalar scalar) throws WrongTextException {
        String text = scalar.text();
        Class<?> wanted = primitive(type);
        if (wanted == String.class) {
            return text;
        } else if (wanted == boolean.class) {
            return flag(text);
        } else if (wanted == int.class) {
            return (int) number(text, name, Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (wanted == long.class) {
            return number(text, name, Long.MIN_VALUE, Long.MAX_VALUE);
        } else if (wanted == double.class) {
            return decimal(text);
        } else if (wanted == Duration.class) {
            return time(text);
        } else if (wanted == Instant.class) {
            return instant(text);
        } else if (wanted == Path.class) {
            return path(text);
        } else if (wanted == ZoneId.class) {
            return zone(text);
        } else if (wanted == Object.class) {
            return any(scalar);
        }
        return constant(type, text);
    }

    private static Class<?> primitive(Class<?> type) {
        if (type == Boolean.class) {
            return boolean.class;
        } else if (type == Integer.class) {
            return int.class;
        } else if (type == Long.class) {
            return long.class;
        }
        return type == Double.class ? double.class : type;
    }

    private static ZoneId zone(String text) throws WrongTextException {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new WrongTextException("must be a time zone, such as UTC, Europe/Berlin or +02:00");
        }
    }

    private static boolean flag(String text) throws WrongTextException {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new WrongTextException("must be true or false");
        };
    }

    private static long number(String text, String name, long least, long most) throws WrongTextException {
        boolean isSize = name.toLowerCase(Locale.ROOT).endsWith("bytes");
        try {
            Matcher size = SIZE.matcher(text);
            long number = isSize && size.matches()
                    ? Math.multiplyExact(Long.parseLong(size.group(1)), 1L << SHIFTS.getOrDefault(size.group(2), 0))
                    : Long.parseLong(text.replace("_", ""));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Told below.
        }
        throw new WrongTextException(
                isSize ? "must be a number of bytes, such as 1048576 or 64MiB" : "must be a whole number");
    }

    private static double decimal(String text) throws WrongTextException {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new WrongTextException("must be a number");
        }
    }

    private static Duration time(String text) throws WrongTextException {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        try {
            Matcher time = TIME.matcher(text);
            if (!time.matches()) {
                return Duration.parse(text);
            }
            long number = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        } catch (DateTimeParseException | NumberFormatException | ArithmeticException e) {
            throw new WrongTextException("must be a time with its unit, such as 500ms, 30s, 5m, 2h or 1d");
        }
    }

    private static Instant instant(String text) throws WrongTextException {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new WrongTextException("must be a moment, such as 2026-11-21T17:00:00Z");
        }
    }

    private static Path path(String text) throws WrongTextException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new WrongTextException("must be a path");
        }
    }

    /** {@return what YAML takes a text without quotes for} */
    static @Nullable Object any(Yaml.Scalar scalar) {
        String text = scalar.text();
        if (!scalar.plain()) {
            return text;
        } else if (scalar.isNull()) {
            return null;
        } else if (TRUTHS.contains(text)) {
            return Boolean.valueOf(text);
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            if (text.matches("[-+]?\\d+")) {
                return new BigInteger(text);
            }
            return text.matches("[-+]?(\\.\\d+|\\d+(\\.\\d*)?)([eE][-+]?\\d+)?") ? Double.valueOf(text) : text;
        }
    }

    private static Object constant(Class<?> type, String text) throws WrongTextException {
        Object[] constants = type.getEnumConstants();
        for (Object constant : constants) {
            if (Spelling.same(((Enum<?>) constant).name(), text)) {
                return constant;
            }
        }
        throw new WrongTextException("must be one of "
                + Arrays.stream(constants)
                        .map(constant -> Spelling.key(((Enum<?>) constant).name()))
                        .collect(Collectors.joining(", ")));
    }
}
