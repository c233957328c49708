// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Target;
import io.millrace.core.TargetStart;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.format.Format;
import io.millrace.core.transform.Columns;
import io.millrace.core.transform.Route;
import io.millrace.core.transform.Transform;
import io.millrace.kafka.KafkaOptions;
import io.millrace.mongo.MongoOptions;
import io.millrace.mysql.MySqlOptions;
import io.millrace.redis.RedisOptions;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing can be set in code only: every method of every builder can be called from a file, or says here why not. */
class OptionsInFilesTest {

    private static final Map<String, String> NOT_WRITTEN = Map.of(
            "PipelineOptions.filter", "a table filter directly behind the collector",
            "PipelineOptions.transform", "the transformers that all ways of a collector begin with",
            "TargetOptions.transform", "the transformers on the way to the dispatcher",
            "MySqlOptions.pipeline", "the key 'pipeline', which the module binds",
            "MongoOptions.pipeline", "the key 'pipeline', which the module binds",
            "MongoOptions.pipelineStages", "the provider reads stages as JSON",
            "KafkaOptions.target", "the key 'target', which the module binds",
            "RedisOptions.target", "the key 'target', which the module binds");

    private static final Map<String, String> NOT_MADE = Map.of(
            "TargetStart.at", "a position is an object of its source",
            "Route.tables", "takes code");

    static List<Class<?>> builders() throws Exception {
        List<Class<?>> builders = new ArrayList<>();
        for (Class<?> of : List.of(
                PipelineOptions.class,
                MySqlOptions.class,
                MongoOptions.class,
                KafkaOptions.class,
                RedisOptions.class)) {
            builders.addAll(builders(of));
        }
        assertThat(builders).hasSizeGreaterThanOrEqualTo(10);
        return builders;
    }

    /** The public builders of the module that the class is of. */
    private static List<Class<?>> builders(Class<?> of) throws Exception {
        URI home = of.getProtectionDomain().getCodeSource().getLocation().toURI();
        if (Files.isDirectory(Path.of(home))) {
            return builders(Path.of(home));
        }
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(home))) {
            return builders(jar.getPath("/"));
        }
    }

    private static List<Class<?>> builders(Path root) throws IOException, ClassNotFoundException {
        List<Class<?>> builders = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> path.toString().endsWith("$Builder.class"))
                    .sorted()
                    .toList()) {
                String path = root.relativize(file).toString();
                Class<?> builder = Class.forName(path.replace(".class", "").replace('/', '.'));
                if (Modifier.isPublic(builder.getModifiers())) {
                    builders.add(builder);
                }
            }
        }
        return builders;
    }

    @ParameterizedTest
    @MethodSource("builders")
    void shouldSetFromFilesWhatCanBeSetInCode(Class<?> builder) {
        for (Method method : builder.getMethods()) {
            String name = builder.getEnclosingClass().getSimpleName() + "." + method.getName();
            boolean isSetter =
                    method.getDeclaringClass() == builder && !method.getName().equals("build");
            if (isSetter && !NOT_WRITTEN.containsKey(name)) {
                assertThat(Calls.setters(builder))
                        .as("%s needs a way to be written", name)
                        .contains(method);
                assertCallable(method, made(builder));
            }
        }
    }

    /** Sets the option from YAML, and so sees that the value converts and the builder takes it. */
    private static void assertCallable(Method method, Object builder) {
        FileFindings findings = new FileFindings();
        Values values = new Values(findings, new SampleParts());
        Yaml yaml = new YamlReader(findings, new References(Map.of(), findings)).read(sample(method));

        assertThat(values.call(method, builder, yaml))
                .as("%s from %s: %s", method, sample(method), findings)
                .isTrue();
        assertThat(findings.isEmpty()).isTrue();
    }

    private static Object made(Class<?> builder) {
        try {
            Constructor<?> constructor = builder.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            Object[] arguments = Arrays.stream(constructor.getParameterTypes())
                    .map(type ->
                            type == String.class ? "a" : type == List.class ? List.of() : type.getEnumConstants()[0])
                    .toArray();
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sample(Method method) {
        if (method.getParameterCount() == 1) {
            return sample(method.getGenericParameterTypes()[0]);
        } else if (Calls.takesEntries(method)) {
            return "{a: b}";
        }
        return Arrays.stream(method.getParameters())
                .map(OptionsInFilesTest::sample)
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String sample(Parameter parameter) {
        return Spelling.key(parameter.getName()) + ": " + sample(parameter.getParameterizedType());
    }

    private static String sample(Type type) {
        Class<?> raw = Calls.raw(type);
        if (raw == Map.class) {
            return "{a: b}";
        } else if (raw == TableFilter.class) {
            return "[{include: {database: a}}]";
        } else if (raw == Format.class) {
            return "native";
        } else if (raw == Target.class || raw == CheckpointStore.class) {
            return "{type: any}";
        } else if (raw.isArray()) {
            return "[" + sample(raw.getComponentType()) + "]";
        } else if (raw == Duration.class) {
            return "1s";
        } else if (raw == boolean.class) {
            return "true";
        } else if (raw.isEnum()) {
            return raw.getEnumConstants()[0].toString();
        } else if (raw == ZoneId.class) {
            return "UTC";
        } else if (Scalars.canBe(raw)) {
            return raw == String.class || raw == Path.class ? "text" : "1";
        }
        Method builder = Calls.builder(raw);
        if (builder != null) {
            return Arrays.stream(builder.getParameters())
                    .map(OptionsInFilesTest::sample)
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return Spelling.key(Calls.factories(raw, raw).stream()
                .filter(method -> method.getParameterCount() == 0)
                .findFirst()
                .orElseThrow()
                .getName());
    }

    private static final class SampleParts implements Values.Parts {

        @Override
        public Target deadLetters(Yaml.Mapping mapping) {
            throw new IllegalStateException("no sample asks for it");
        }

        @Override
        public CheckpointStore store(Yaml.Mapping mapping) {
            return new io.millrace.core.checkpoint.InMemoryCheckpointStore();
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                io.millrace.mysql.StartFrom.class,
                io.millrace.mongo.StartFrom.class,
                io.millrace.mongo.WatchScope.class,
                io.millrace.core.ErrorPolicy.class,
                TargetStart.class
            })
    void shouldMakeInFilesWhatCanBeMadeInCode(Class<?> type) {
        assertMade(type, type);
    }

    @Test
    void shouldMakeInFilesTheTransformsThatNeedNoCode() {
        assertMade(Columns.class, Transform.class);
        assertMade(Route.class, Transform.class);
    }

    private static void assertMade(Class<?> of, Class<?> type) {
        assertThat(of.getDeclaredMethods())
                .filteredOn(method -> Modifier.isPublic(method.getModifiers())
                        && Modifier.isStatic(method.getModifiers())
                        && type.isAssignableFrom(method.getReturnType())
                        && !NOT_MADE.containsKey(of.getSimpleName() + "." + method.getName()))
                .isNotEmpty()
                .allSatisfy(method -> assertThat(Calls.factories(of, type)).contains(method));
    }
}
