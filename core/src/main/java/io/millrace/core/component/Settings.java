// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.component;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a file says of one component. A key may be written as {@code maxInFlight} or {@code max_in_flight}.
 * What is wrong is collected, with its place in the file, and reported at once with all else: methods
 * answer as if the setting were not there, and what a provider makes of it is never run. Keys that nothing
 * asked for are reported too. Used while the component is made, by one thread.
 *
 * <pre>{@code
 * public Target dispatcher(Settings settings, TargetOptions target) {
 *     return new RedisTarget(settings.bind(
 *                     RedisOptions.builder(settings.list("uris", String.class).toArray(String[]::new)))
 *             .target(target)
 *             .build());
 * }
 * }</pre>
 *
 * <p>Values become texts, numbers, booleans, {@link java.time.Duration} ({@code 30s}), sizes of settings
 * whose names end in "bytes" ({@code 64MiB}), enums, {@link java.nio.file.Path}, arrays, maps of texts, table filters, formats,
 * options that have a builder, and types that have static methods to make them ({@code start_from: latest}).
 */
public interface Settings {

    /** {@return the component's id} */
    String id();

    /** {@return the component's type, as the provider names it} */
    String type();

    /** {@return whether the file has the key} */
    boolean has(String key);

    /** {@return the value; null if the key is not there} */
    <T> @Nullable T get(String key, Class<T> type);

    /** {@return the value, or {@code otherwise} if the key is not there} */
    default <T> T get(String key, Class<T> type, T otherwise) {
        T value = get(key, type);
        return value == null ? otherwise : value;
    }

    /** {@return the values of a list; a single value counts as a list of one} */
    <T> List<T> list(String key, Class<T> type);

    /** {@return the value as JSON; null if the key is not there} For what has no type of its own in Java. */
    @Nullable JsonNode json(String key);

    /** {@return the settings below the key; null if the key is not there} */
    @Nullable Settings nested(String key);

    /**
     * Calls the public methods of a builder that the keys name: all those that nothing has asked for yet. A
     * method of several parameters takes a mapping with their names, or a list of such mappings.
     *
     * @return the builder
     */
    <B> B bind(B builder);

    /**
     * As {@link #bind}, but calls no other methods than those: for what reads a part of the options only. Keys of the
     * others are not known.
     *
     * @return the builder
     */
    <B> B bindOnly(B builder, String... options);

    /**
     * {@return what the public static methods of a class make that the keys name, in the file's order} All keys that
     * nothing has asked for yet.
     */
    <T> List<T> make(Class<?> factories, Class<T> type);

    /** Reports what is wrong with a setting, or with the component if it has no such key. */
    void refuse(String key, String problem);

    /** Reports what is found wrong with an option {@code setting} at the key that it was made of. */
    void blame(String setting, String key);
}
