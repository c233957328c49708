// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.format.Format;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** What a file says, and after it what it leaves to defaults, as YAML for people. */
final class EffectiveSettings {

    private EffectiveSettings() {}

    static String of(Map<Component, YamlSettings> components) {
        Map<String, List<Object>> sections = new LinkedHashMap<>();
        components.forEach((component, settings) -> sections.computeIfAbsent(
                        component.kind().section(), section -> new ArrayList<>())
                .add(tree(settings)));
        DumpSettings block =
                DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
        return new Dump(block).dumpToString(sections);
    }

    private static Map<String, Object> tree(YamlSettings settings) {
        Map<String, Object> tree = new LinkedHashMap<>();
        settings.mapping().entries().forEach((key, entry) -> {
            YamlSettings below = settings.nested().get(Spelling.bare(key));
            tree.put(key, below == null ? Trees.shown(entry.value()) : tree(below));
        });
        for (Object builder : settings.builders()) {
            defaults(settings.mapping(), builder, tree);
        }
        settings.nested().forEach((key, below) -> {
            if (settings.mapping().find(key) == null) {
                tree.put(key, tree(below));
            }
        });
        return tree;
    }

    private static void defaults(Yaml.Mapping written, Object builder, Map<String, Object> tree) {
        Object options = Values.buildUnchecked(builder);
        for (Method setter : Calls.setters(builder.getClass())) {
            if (written.find(setter.getName()) == null) {
                put(options, setter.getName(), tree);
            }
        }
    }

    private static void put(Object options, String name, Map<String, Object> tree) {
        Object value = Secrets.isSecret(name) ? null : property(options, name);
        if (value != null) {
            tree.put(Spelling.key(name), shown(value, name));
        }
    }

    private static @Nullable Object property(Object options, String name) {
        try {
            return options.getClass().getMethod(name).invoke(options);
        } catch (NoSuchMethodException e) {
            // Not everything that can be set can be read.
            return null;
        } catch (InvocationTargetException | IllegalAccessException e) {
            throw new IllegalStateException(options.getClass() + " must be public, and answer " + name, e);
        }
    }

    private static Object shown(Object value, String name) {
        Method builder = Calls.builder(value.getClass());
        if (value instanceof Duration duration) {
            return text(duration);
        } else if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        } else if (value instanceof Format format) {
            return Formats.nameOf(format);
        } else if (value instanceof Number || value instanceof Boolean) {
            return value;
        } else if (value instanceof Collection<?> items) {
            return items.stream().map(item -> shown(item, name)).toList();
        } else if (value instanceof Map<?, ?> entries) {
            Map<String, Object> shown = new LinkedHashMap<>();
            entries.forEach((key, content) -> shown.put(
                    String.valueOf(key),
                    Secrets.isSecret(String.valueOf(key)) ? Secrets.HIDDEN : shown(content, String.valueOf(key))));
            return shown;
        } else if (builder != null) {
            Map<String, Object> shown = new LinkedHashMap<>();
            Stream.concat(
                            Stream.of(builder.getParameters()).map(Parameter::getName),
                            Calls.setters(builder.getReturnType()).stream().map(Method::getName))
                    .forEach(property -> put(value, property, shown));
            return shown.isEmpty() ? Secrets.masked(value.toString()) : shown;
        }
        return Secrets.masked(value.toString());
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 && duration.isZero()) {
            return "0";
        } else if (!Duration.ofMillis(millis).equals(duration)) {
            return duration.toString();
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
