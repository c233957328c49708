// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.format.Format;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which public methods a file can call: those of builders, and static ones that make a value, if all of
 * their parameters can be written in a file. So whatever a builder is given can be set in files at once.
 */
final class Calls {

    /** Made of connections and other components, not of values. */
    private static final Set<Class<?>> MADE_OTHERWISE = Set.of(PipelineOptions.class, TargetOptions.class);

    /** Have a way of their own to be written. */
    private static final Set<Class<?>> WRITTEN_SPECIALLY =
            Set.of(TableFilter.class, Format.class, CheckpointStore.class, Target.class);

    private Calls() {}

    /** {@return the methods that set something, in a fixed order} */
    static List<Method> setters(Class<?> builder) {
        return Arrays.stream(builder.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getReturnType() == builder && method.getParameterCount() > 0)
                .filter(Calls::isWritable)
                .sorted(Comparator.comparing(Method::getName).thenComparing(Method::getParameterCount))
                .toList();
    }

    /** {@return the static methods that make a {@code type}, in a fixed order} */
    static List<Method> factories(Class<?> of, Class<?> type) {
        return publicStatics(of)
                .filter(method -> type.isAssignableFrom(method.getReturnType()))
                .filter(Calls::isWritable)
                .sorted(Comparator.comparing(Method::getName).thenComparing(Method::getParameterCount))
                .toList();
    }

    /** {@return the static method that makes a builder of such options; null if there is none} */
    static @Nullable Method builder(Class<?> options) {
        return publicStatics(options)
                .filter(method -> method.getName().equals("builder") && isWritable(method))
                .filter(method -> Arrays.stream(method.getReturnType().getMethods())
                        .anyMatch(build -> build.getName().equals("build") && build.getReturnType() == options))
                .findFirst()
                .orElse(null);
    }

    /** {@return whether all parameters can be written in a file} */
    static boolean isWritable(Method method) {
        return Arrays.stream(method.getGenericParameterTypes()).allMatch(Calls::isWritable);
    }

    private static boolean isWritable(Type type) {
        Class<?> raw = raw(type);
        if (raw == Map.class || raw == List.class) {
            return arguments(type).allMatch(argument -> Scalars.canBe(raw(argument)));
        } else if (raw.isArray()) {
            return raw == byte[].class || Scalars.canBe(raw.getComponentType());
        }
        boolean isOfTheJdk = raw.getName().startsWith("java.");
        return Scalars.canBe(raw)
                || WRITTEN_SPECIALLY.contains(raw)
                || (!isOfTheJdk && !MADE_OTHERWISE.contains(raw) && (builder(raw) != null || isMade(raw)));
    }

    /** {@return whether a static method of the type makes it of something else} */
    private static boolean isMade(Class<?> type) {
        return publicStatics(type)
                .filter(method -> type.isAssignableFrom(method.getReturnType()))
                .filter(method -> Arrays.stream(method.getParameterTypes()).noneMatch(type::isAssignableFrom))
                .anyMatch(Calls::isWritable);
    }

    private static Stream<Method> publicStatics(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers()) && Modifier.isPublic(method.getModifiers()));
    }

    /** {@return the types between the angle brackets} */
    static Stream<Type> arguments(Type type) {
        return type instanceof ParameterizedType parameterized
                ? Arrays.stream(parameterized.getActualTypeArguments())
                : Stream.of();
    }

    static Class<?> raw(Type type) {
        if (type instanceof Class<?> raw) {
            return raw;
        } else if (type instanceof ParameterizedType parameterized) {
            return raw(parameterized.getRawType());
        }
        return type instanceof WildcardType wildcard ? raw(wildcard.getUpperBounds()[0]) : Void.class;
    }

    /** {@return the method of that name that the value is meant for; null if there is none} */
    static @Nullable Method named(List<Method> methods, String key, Yaml value) {
        List<Method> candidates = methods.stream()
                .filter(method -> Spelling.same(method.getName(), key))
                .toList();
        return candidates.stream()
                .filter(method -> fits(method, value))
                .findFirst()
                .orElse(candidates.isEmpty() ? null : candidates.get(0));
    }

    private static boolean fits(Method method, Yaml value) {
        if (value instanceof Yaml.Mapping mapping && method.getParameterCount() > 1) {
            return mapping.entries().keySet().stream()
                    .allMatch(key -> Arrays.stream(method.getParameters())
                            .anyMatch(parameter -> Spelling.same(parameter.getName(), key)));
        }
        return method.getParameterCount() == (value instanceof Yaml.Scalar scalar && scalar.isNull() ? 0 : 1);
    }

    /** {@return whether the method is called for each entry of a mapping: {@code property(name, value)}} */
    static boolean takesEntries(Method method) {
        Parameter[] parameters = method.getParameters();
        return parameters.length == 2
                && parameters[0].getName().equals("name")
                && parameters[1].getName().equals("value")
                && parameters[1].getType() == String.class;
    }
}
