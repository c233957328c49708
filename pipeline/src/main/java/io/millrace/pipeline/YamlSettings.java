// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Finding;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.component.Settings;
import io.millrace.core.filter.TableFilter;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The settings of one mapping. Remembers which keys were asked for: {@link #finish} reports the others. */
final class YamlSettings implements Settings {

    private static final String PROPERTY = "property ";

    private final Yaml.Mapping mapping;
    private final String id;
    private final String type;
    private final Values values;
    private final Set<String> claimed = new HashSet<>();
    private final Set<String> known = new TreeSet<>();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, YamlSettings> nested = new LinkedHashMap<>();
    private final List<Object> builders = new ArrayList<>();

    YamlSettings(Yaml.Mapping mapping, String id, String type, Values values) {
        this.mapping = mapping;
        this.id = id;
        this.type = type;
        this.values = values;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String type() {
        return type;
    }

    Yaml.Mapping mapping() {
        return mapping;
    }

    /** {@return the builders that were bound, in order} */
    List<Object> builders() {
        return builders;
    }

    Map<String, YamlSettings> nested() {
        return nested;
    }

    Yaml.Mapping.@Nullable Entry claim(String key) {
        known.add(Spelling.key(key));
        claimed.add(Spelling.bare(key));
        return mapping.find(key);
    }

    /** Keeps a key from being bound. */
    void exclude(String key) {
        claimed.add(Spelling.bare(key));
    }

    @Override
    public boolean has(String key) {
        return mapping.find(key) != null;
    }

    @Override
    public <T> @Nullable T get(String key, Class<T> type) {
        Yaml.Mapping.Entry entry = claim(key);
        Object value = entry == null ? Values.NONE : values.of(type, key, entry.value());
        return value == Values.NONE ? null : type.cast(value);
    }

    @Override
    public <T> List<T> list(String key, Class<T> type) {
        Yaml.Mapping.Entry entry = claim(key);
        List<T> items = new ArrayList<>();
        if (entry != null) {
            List<Yaml> written =
                    entry.value() instanceof Yaml.Sequence sequence ? sequence.items() : List.of(entry.value());
            for (Yaml item : written) {
                Object value = values.of(type, key, item);
                if (value != null && value != Values.NONE) {
                    items.add(type.cast(value));
                }
            }
        }
        return items;
    }

    @Override
    public @Nullable JsonNode json(String key) {
        Yaml.Mapping.Entry entry = claim(key);
        return entry == null ? null : Trees.json(entry.value());
    }

    /** {@return the value of a parameter of that name, or {@link Values#NONE}} */
    @Nullable Object required(Parameter parameter) {
        Yaml.Mapping.Entry entry = claim(parameter.getName());
        if (entry != null) {
            return values.of(parameter.getParameterizedType(), parameter.getName(), entry.value());
        }
        if (parameter.isVarArgs()) {
            return Array.newInstance(parameter.getType().getComponentType(), 0);
        }
        boolean isAnyTable = parameter.getName().equals("table")
                && parameter.getDeclaringExecutable().getDeclaringClass() == TableFilter.Builder.class;
        if (!isAnyTable) {
            values.findings().add(mapping.place(), "lacks '" + Spelling.key(parameter.getName()) + "'");
        }
        return isAnyTable ? "*" : Values.NONE;
    }

    @Override
    public @Nullable Settings nested(String key) {
        return claim(key) == null ? null : below(key);
    }

    /** {@return the settings below the key; none if the key is not there} */
    YamlSettings below(String key) {
        Yaml.Mapping.Entry entry = claim(key);
        YamlSettings before = nested.get(Spelling.bare(key));
        if (before != null) {
            return before;
        }
        Yaml.Mapping content = Yaml.Mapping.empty(mapping.place());
        if (entry != null && entry.value() instanceof Yaml.Mapping written) {
            content = written;
        } else if (entry != null) {
            values.findings()
                    .add(
                            entry.value().place(),
                            "must be a mapping, but is " + entry.value().what());
        }
        YamlSettings below = new YamlSettings(content, id, type, values);
        nested.put(Spelling.bare(key), below);
        return below;
    }

    @Override
    public <B> B bind(B builder) {
        return bind(builder, Calls.setters(builder.getClass()));
    }

    @Override
    public <B> B bindOnly(B builder, String... options) {
        Set<String> wanted = Set.of(options);
        return bind(
                builder,
                Calls.setters(builder.getClass()).stream()
                        .filter(setter -> wanted.contains(setter.getName()))
                        .toList());
    }

    private <B> B bind(B builder, List<Method> setters) {
        builders.add(builder);
        unclaimed(setters).forEach((method, value) -> values.call(method, builder, value));
        return builder;
    }

    /** Takes note of what the builder has, though nothing can be set in it. */
    void pass(Class<?> builder) {
        unclaimed(Calls.setters(builder));
    }

    @Override
    public <T> List<T> make(Class<?> factories, Class<T> type) {
        List<T> made = new ArrayList<>();
        unclaimed(Calls.factories(factories, type))
                .forEach((method, value) -> values.each(method, value, arguments -> {
                    Object one = values.invoke(method, null, value.place(), arguments);
                    if (type.isInstance(one)) {
                        made.add(type.cast(one));
                    }
                    return one;
                }));
        return made;
    }

    /** {@return the methods that keys name which nothing has asked for yet, in the file's order} */
    private Map<Method, Yaml> unclaimed(List<Method> methods) {
        Map<Method, Yaml> found = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> {
            Method method = claimed.contains(Spelling.bare(key)) ? null : Calls.named(methods, key, entry.value());
            if (method != null) {
                claimed.add(Spelling.bare(key));
                found.put(method, entry.value());
            }
        });
        Set<String> asked = Set.copyOf(claimed);
        methods.stream()
                .map(Method::getName)
                .filter(name -> !asked.contains(Spelling.bare(name)) || has(name))
                .map(Spelling::key)
                .forEach(known::add);
        return found;
    }

    @Override
    public void refuse(String key, String problem) {
        Yaml.Mapping.Entry entry = claim(key);
        if (entry == null) {
            values.findings().add(mapping.place(), "'" + key + "' " + problem);
        } else if (!values.findings().has(entry.key().path())) {
            values.findings().add(entry.value().place(), problem);
        }
    }

    @Override
    public void blame(String setting, String key) {
        keys.put(Spelling.bare(setting), key);
    }

    /** Reports what a builder found, each at the key that it was made of. */
    void report(InvalidOptionsException exception) {
        exception.findings().forEach(this::report);
    }

    void report(Finding finding) {
        String key = keys.getOrDefault(Spelling.bare(finding.setting()), finding.setting());
        Yaml.Mapping.Entry entry = entryOf(key);
        if (entry == null) {
            values.findings()
                    .add(mapping.place(), "'" + Spelling.key(key) + "' " + finding.needed() + remedy(key, finding));
        } else if (!values.findings().has(entry.key().path())) {
            values.findings()
                    .add(
                            entry.value().place(),
                            finding.needed() + ", but is " + found(entry, finding) + remedy(key, finding));
        }
    }

    /** {@return the entry of a key, or of a name within a mapping, which builders call {@code property <name>}} */
    private Yaml.Mapping.@Nullable Entry entryOf(String key) {
        if (key.startsWith(PROPERTY)) {
            Yaml.Mapping.Entry properties = mapping.find("properties");
            return properties != null && properties.value() instanceof Yaml.Mapping names
                    ? names.entries().get(key.substring(PROPERTY.length()))
                    : null;
        }
        return mapping.find(key);
    }

    /** {@return what can be written, rather than what builders tell programmers} */
    private String remedy(String key, Finding finding) {
        List<String> made = builders.stream()
                .flatMap(builder -> Calls.setters(builder.getClass()).stream())
                .filter(setter -> Spelling.same(setter.getName(), key) && setter.getParameterCount() == 1)
                .map(setter -> setter.getParameterTypes()[0])
                .filter(type -> !Scalars.canBe(type) && Calls.builder(type) == null)
                .flatMap(type -> Values.names(Calls.factories(type, type)).stream())
                .toList();
        if (!made.isEmpty()) {
            return ": one of " + String.join(", ", made);
        }
        return finding.remedy().isEmpty() ? "" : ": " + finding.remedy();
    }

    /** What is written in the file is shown, not what an environment variable has made of it. */
    private static String found(Yaml.Mapping.Entry entry, Finding finding) {
        if (entry.value() instanceof Yaml.Scalar scalar) {
            return scalar.shown();
        }
        return Secrets.isSecret(entry.key().path()) ? "not shown" : Secrets.masked(finding.found());
    }

    /** Reports keys that nothing has asked for. */
    void finish() {
        Set<String> seen = new HashSet<>();
        mapping.entries().forEach((key, entry) -> {
            if (!claimed.contains(Spelling.bare(key))) {
                values.findings().add(entry.key(), "is not known" + Spelling.advice(key, known));
            } else if (!seen.add(Spelling.bare(key))) {
                values.findings().add(entry.key(), "is there twice, in two spellings");
            }
        });
        nested.values().forEach(YamlSettings::finish);
    }
}
