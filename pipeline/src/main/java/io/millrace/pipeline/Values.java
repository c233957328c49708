// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.InvalidOptionsException;
import io.millrace.core.Target;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.format.Format;
import io.millrace.core.format.NativeJson;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns values of a file into Java's, by the type that is asked for, and calls methods with them. */
final class Values {

    /** Stands for what could not be made; a finding says why. */
    static final Object NONE = new Object();

    private final FileFindings findings;
    private final Parts parts;

    /** Makes the components that are written in the place of a value. */
    interface Parts {

        /** {@return the target that a mapping describes; null if it cannot be made} */
        @Nullable Target deadLetters(Yaml.Mapping mapping);

        /** {@return the store that a mapping describes; null if it cannot be made} */
        @Nullable CheckpointStore store(Yaml.Mapping mapping);
    }

    Values(FileFindings findings, Parts parts) {
        this.findings = findings;
        this.parts = parts;
    }

    FileFindings findings() {
        return findings;
    }

    /** {@return the value, or {@link #NONE}} */
    @Nullable Object of(Type type, String name, Yaml value) {
        Class<?> raw = Calls.raw(type);
        boolean isWord =
                value instanceof Yaml.Scalar word && raw.isEnum() && !word.raw().isEmpty();
        if (value instanceof Yaml.Scalar scalar && scalar.isNull() && raw != Object.class && !isWord) {
            return refuse(value, "has no value");
        } else if (raw == Map.class) {
            return texts(value);
        } else if (raw == List.class) {
            return list(Calls.arguments(type).findFirst().orElseThrow(), name, value);
        } else if (raw == byte[].class) {
            Object text = of(String.class, name, value);
            return text instanceof String string ? string.getBytes(UTF_8) : NONE;
        } else if (raw.isArray()) {
            return array(raw.getComponentType(), name, value);
        } else if (raw == TableFilter.class) {
            return filter(value);
        } else if (raw == Format.class) {
            return format(value);
        } else if (raw == Target.class) {
            return value instanceof Yaml.Mapping mapping
                    ? part(parts.deadLetters(mapping))
                    : refuse(value, "must be a mapping with the type of a dispatcher and its settings");
        } else if (raw == CheckpointStore.class) {
            return value instanceof Yaml.Mapping mapping
                    ? part(parts.store(mapping))
                    : refuse(value, "must be a mapping such as {type: File, directory: checkpoints}");
        } else if (Scalars.canBe(raw)) {
            return scalar(raw, name, value);
        }
        Method builder = Calls.builder(raw);
        return builder != null ? options(builder, value) : made(raw, value);
    }

    private static Object part(@Nullable Object part) {
        return part == null ? NONE : part;
    }

    private Object refuse(Yaml value, String problem) {
        return refuse(value.place(), problem);
    }

    private Object refuse(Place place, String problem) {
        findings.add(place, problem);
        return NONE;
    }

    private @Nullable Object scalar(Class<?> type, String name, Yaml value) {
        if (!(value instanceof Yaml.Scalar scalar)) {
            return refuse(value, "must be a single value, but is " + value.what());
        }
        try {
            return Scalars.parse(type, name, scalar);
        } catch (Scalars.WrongTextException e) {
            return refuse(value, e.needed() + ", but is " + scalar.shown());
        }
    }

    private Object texts(Yaml value) {
        if (!(value instanceof Yaml.Mapping mapping)) {
            return refuse(value, "must be a mapping of names to texts, but is " + value.what());
        }
        Map<String, String> texts = new LinkedHashMap<>();
        boolean complete = true;
        for (Map.Entry<String, Yaml.Mapping.Entry> entry : mapping.entries().entrySet()) {
            Object text = of(String.class, entry.getKey(), entry.getValue().value());
            complete &= text != NONE;
            if (text instanceof String string) {
                texts.put(entry.getKey(), string);
            }
        }
        return complete ? texts : NONE;
    }

    /** {@return the items; a single value counts as a list of one} */
    private Object list(Type type, String name, Yaml value) {
        List<@Nullable Object> items = new ArrayList<>();
        List<Yaml> written = value instanceof Yaml.Sequence sequence ? sequence.items() : List.of(value);
        for (Yaml item : written) {
            items.add(of(type, name, item));
        }
        return items.contains(NONE) ? NONE : items;
    }

    private Object array(Class<?> type, String name, Yaml value) {
        if (!(list(type, name, value) instanceof List<?> items)) {
            return NONE;
        }
        Object array = Array.newInstance(type, items.size());
        for (int i = 0; i < items.size(); i++) {
            Array.set(array, i, items.get(i));
        }
        return array;
    }

    /** {@return the format of a name, or of a mapping of its name to its settings} */
    private @Nullable Object format(Yaml value) {
        String name;
        Yaml settings = Yaml.Mapping.empty(value.place());
        if (value instanceof Yaml.Scalar scalar) {
            name = scalar.text();
        } else if (value instanceof Yaml.Mapping mapping && mapping.entries().size() == 1) {
            Map.Entry<String, Yaml.Mapping.Entry> entry =
                    mapping.entries().entrySet().iterator().next();
            name = entry.getKey();
            settings = entry.getValue().value();
        } else {
            return refuse(
                    value,
                    "must be the name of a format, or a mapping such as {debezium: {topic_prefix: shop}}, but is "
                            + value.what());
        }
        Class<?> type = Formats.named(name);
        if (type == null) {
            String shown = value instanceof Yaml.Scalar scalar ? scalar.shown() : "'" + name + "'";
            return refuse(value, "is no format: " + shown + Spelling.advice(name, Formats.names()));
        }
        Method builder = Calls.builder(type);
        return builder == null ? NativeJson.INSTANCE : options(builder, settings);
    }

    /** {@return the filter of a list of rules; each is a call of the builder's method that its key names} */
    private Object filter(Yaml value) {
        if (!(value instanceof Yaml.Sequence rules)) {
            return refuse(value, "must be a list of rules such as {include: {database: shop}}, but is " + value.what());
        }
        TableFilter.Builder builder = TableFilter.builder();
        boolean complete = true;
        for (Yaml rule : rules.items()) {
            complete &= addRule(rule, builder);
        }
        return complete ? built(builder::build, problem -> findings.add(value.place(), problem)) : NONE;
    }

    private boolean addRule(Yaml rule, TableFilter.Builder builder) {
        List<Method> known = Calls.setters(TableFilter.Builder.class);
        if (!(rule instanceof Yaml.Mapping mapping) || mapping.entries().size() != 1) {
            refuse(rule, "must be one rule such as {include: {database: shop, table: orders}}");
            return false;
        }
        Map.Entry<String, Yaml.Mapping.Entry> entry =
                mapping.entries().entrySet().iterator().next();
        Method method = Calls.named(known, entry.getKey(), entry.getValue().value());
        if (method == null) {
            refuse(entry.getValue().key(), "is no rule" + Spelling.advice(entry.getKey(), names(known)));
            return false;
        }
        return call(method, builder, entry.getValue().value());
    }

    static List<String> names(List<Method> methods) {
        return methods.stream()
                .map(method -> Spelling.key(method.getName()))
                .distinct()
                .toList();
    }

    /** {@return options of a mapping; of a single value, if their builder asks for one} */
    private @Nullable Object options(Method factory, Yaml value) {
        boolean takesOne = factory.getParameterCount() == 1;
        if (!(value instanceof Yaml.Mapping mapping)) {
            if (!takesOne || !(value instanceof Yaml.Scalar)) {
                return refuse(value, "must be a mapping, but is " + value.what());
            }
            Object argument = of(factory.getGenericParameterTypes()[0], factory.getParameters()[0].getName(), value);
            Object builder = argument == NONE ? NONE : invoke(factory, null, value.place(), argument);
            return builder == NONE ? NONE : build(builder, problem -> findings.add(value.place(), problem));
        }
        YamlSettings settings = new YamlSettings(mapping, "", "", this);
        @Nullable Object[] arguments = new Object[factory.getParameterCount()];
        boolean complete = true;
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = settings.required(factory.getParameters()[i]);
            complete &= arguments[i] != NONE;
        }
        if (!complete) {
            settings.pass(factory.getReturnType());
            settings.finish();
            return NONE;
        }
        Object builder = invoke(factory, null, mapping.place(), arguments);
        if (builder == NONE) {
            return NONE;
        }
        settings.bind(Objects.requireNonNull(builder));
        settings.finish();
        if (findings.has(mapping.place().path())) {
            return NONE;
        }
        try {
            return buildUnchecked(builder);
        } catch (InvalidOptionsException e) {
            settings.report(e);
            return NONE;
        }
    }

    private Object build(@Nullable Object builder, Consumer<String> report) {
        return built(() -> buildUnchecked(Objects.requireNonNull(builder)), report);
    }

    private static Object built(Supplier<Object> build, Consumer<String> report) {
        try {
            return build.get();
        } catch (InvalidOptionsException e) {
            e.findings().forEach(finding -> report.accept(finding.toString()));
            return NONE;
        }
    }

    /** {@return what the builder builds} */
    static Object buildUnchecked(Object builder) {
        try {
            return Objects.requireNonNull(builder.getClass().getMethod("build").invoke(builder));
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(builder.getClass() + " must be public and have a public build()", e);
        }
    }

    /** {@return what a static method of the type makes: {@code latest}, or {@code file: {file: ..., offset: 4}}} */
    private @Nullable Object made(Class<?> type, Yaml value) {
        List<Method> known = Calls.factories(type, type);
        String name;
        Yaml content;
        Place place = value.place();
        if (value instanceof Yaml.Scalar scalar) {
            name = scalar.text();
            content = new Yaml.Scalar(value.place(), "", "", true);
        } else if (value instanceof Yaml.Mapping mapping && mapping.entries().size() == 1) {
            Map.Entry<String, Yaml.Mapping.Entry> entry =
                    mapping.entries().entrySet().iterator().next();
            name = entry.getKey();
            content = entry.getValue().value();
            place = entry.getValue().key();
        } else {
            return refuse(value, "must be one of " + String.join(", ", names(known)));
        }
        Method method = Calls.named(known, name, content);
        if (method == null) {
            String written = value instanceof Yaml.Scalar scalar ? ", but is " + scalar.shown() : "";
            return refuse(place, "must be one of " + String.join(", ", names(known)) + written);
        }
        Object[] made = {NONE};
        each(method, content, arguments -> made[0] = invoke(method, null, content.place(), arguments));
        return made[0];
    }

    /**
     * Calls a method with the value: as the one argument, as arguments by name, or once for each item or entry.
     *
     * @return whether it was called as often as it had to be
     */
    boolean call(Method method, Object on, Yaml value) {
        return each(method, value, arguments -> invoke(method, on, value.place(), arguments));
    }

    /** Something that is done with arguments; {@link #NONE} if it failed. */
    interface Act {
        @Nullable Object with(@Nullable Object[] arguments);
    }

    boolean each(Method method, Yaml value, Act act) {
        if (method.getParameterCount() == 0) {
            boolean isBare = value instanceof Yaml.Scalar scalar && scalar.isNull();
            if (!isBare) {
                refuse(value, "takes no settings, but has " + value.what());
            }
            return isBare && act.with(new Object[0]) != NONE;
        } else if (method.getParameterCount() == 1) {
            Object argument = of(method.getGenericParameterTypes()[0], method.getName(), value);
            return argument != NONE && act.with(new @Nullable Object[] {argument}) != NONE;
        } else if (Calls.takesEntries(method) && !isNameAndValue(value)) {
            Object texts = texts(value);
            if (texts instanceof Map<?, ?> entries) {
                entries.forEach((name, text) -> act.with(new Object[] {name, text}));
            }
            return texts != NONE;
        } else if (value instanceof Yaml.Sequence sequence) {
            boolean complete = true;
            for (Yaml item : sequence.items()) {
                complete &= byName(method, item, act);
            }
            return complete;
        }
        return byName(method, value, act);
    }

    private static boolean isNameAndValue(Yaml value) {
        return value instanceof Yaml.Sequence
                || (value instanceof Yaml.Mapping mapping
                        && mapping.entries().keySet().equals(Set.of("name", "value")));
    }

    private boolean byName(Method method, Yaml value, Act act) {
        if (!(value instanceof Yaml.Mapping mapping)) {
            String names = String.join(
                    ", ",
                    Arrays.stream(method.getParameters())
                            .map(parameter -> Spelling.key(parameter.getName()))
                            .toList());
            refuse(value, "must be a mapping of " + names + ", but is " + value.what());
            return false;
        }
        YamlSettings settings = new YamlSettings(mapping, "", "", this);
        @Nullable Object[] arguments = new Object[method.getParameterCount()];
        boolean complete = true;
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = settings.required(method.getParameters()[i]);
            complete &= arguments[i] != NONE;
        }
        settings.finish();
        return complete && act.with(arguments) != NONE;
    }

    /** {@return what the method answers, or {@link #NONE} if it does not take the arguments} */
    @Nullable Object invoke(Method method, @Nullable Object on, Place place, @Nullable Object... arguments) {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return refuse(place, "cannot be used: " + cause.getMessage());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " must be public, and its class too", e);
        }
    }
}
