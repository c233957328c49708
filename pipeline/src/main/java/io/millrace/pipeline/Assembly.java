// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.InvalidOptionsException;
import io.millrace.core.MillraceException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.component.CheckpointStoreProvider;
import io.millrace.core.component.Collector;
import io.millrace.core.component.CollectorProvider;
import io.millrace.core.component.ComponentProvider;
import io.millrace.core.component.DispatcherProvider;
import io.millrace.core.component.TransformerProvider;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.transform.TablesOnly;
import io.millrace.core.transform.Transform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes processors of a graph: a collector with all that it reaches is one. A table filter that all ways begin
 * with becomes the pipeline's filter, so that what it leaves out is not decoded; other transformers that all ways begin with
 * become the pipeline's transforms, the rest those of the targets. Nothing connects, and a component that
 * is wrong does not keep the others from being looked at.
 */
final class Assembly implements Values.Parts {

    private static final String DEAD_LETTERS = "dead-letters";

    private final Graph graph;
    private final Components known;
    private final FileFindings findings;
    private final Path directory;
    private final Values values;
    private final Map<Component, Transform> transforms = new HashMap<>();
    private final Map<Component, YamlSettings> settings = new LinkedHashMap<>();
    private final List<Processor> processors = new ArrayList<>();
    /** Places of checkpoints that were given a name. */
    private final Set<String> storeKeys = new HashSet<>();

    /** @param directory for checkpoints of pipelines that do not say where */
    Assembly(Graph graph, Components known, FileFindings findings, Path directory) {
        this.graph = graph;
        this.known = known;
        this.findings = findings;
        this.directory = directory;
        this.values = new Values(findings, this);
    }

    List<Processor> processors() {
        return processors;
    }

    /** {@return the settings by which components were made, in the order of the file's sections} */
    Map<Component, YamlSettings> settings() {
        return settings;
    }

    void assemble() {
        graph.all(Kind.COLLECTOR).forEach(collector -> settings.put(collector, settingsOf(collector)));
        graph.all(Kind.TRANSFORMER).forEach(this::makeTransform);
        Set<Component> reached = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (Component collector : graph.all(Kind.COLLECTOR)) {
            List<Route> routes = graph.routes(collector);
            for (Route route : routes) {
                if (!reached.add(route.dispatcher())) {
                    requireOwnPlace(route.dispatcher());
                }
            }
            makeProcessor(collector, routes, ids);
        }
        graph.all(Kind.DISPATCHER).stream()
                .filter(dispatcher -> !reached.contains(dispatcher))
                .forEach(dispatcher -> makeTarget(dispatcher, List.of()));
    }

    /** A dispatcher behind two collectors is two targets, and each has a checkpoint. */
    private void requireOwnPlace(Component dispatcher) {
        Yaml.Mapping.Entry key = dispatcher.mapping().find("checkpoint_key");
        if (key != null) {
            findings.add(
                    key.value().place(),
                    "would be the place of two pipelines' checkpoints, since two collectors lead here; use two dispatchers");
        }
    }

    private YamlSettings settingsOf(Component component) {
        YamlSettings made = new YamlSettings(component.mapping(), component.id(), component.type(), values);
        made.claim("id");
        made.claim("type");
        if (component.kind().leadsOn()) {
            made.claim("destination");
            made.claim("destinations");
        }
        return made;
    }

    private void makeTransform(Component component) {
        TransformerProvider provider = known.find(TransformerProvider.class, component.type());
        YamlSettings of = settingsOf(component);
        settings.put(component, of);
        if (provider == null) {
            return;
        }
        TableFilter tables = of.get("tables", TableFilter.class);
        if (tables != null && component.type().equals("EventReplicator")) {
            of.refuse("tables", "drops nothing here; a TableFilter does");
            return;
        }
        Transform transform = guarded(of, () -> {
            Transform made = provider.transformer(of);
            return tables == null ? made : made.onlyFor(tables);
        });
        if (transform != null) {
            transforms.put(component, transform);
        }
    }

    private void makeProcessor(Component component, List<Route> routes, Set<String> ids) {
        int shared = Route.shared(routes);
        List<Target> targets = new ArrayList<>();
        for (Route route : routes) {
            Target target = makeTarget(
                    route.dispatcher(),
                    chain(route.transformers()
                            .subList(shared, route.transformers().size())));
            if (target != null) {
                targets.add(target);
            }
        }
        List<Transform> before = routes.isEmpty()
                ? List.of()
                : chain(routes.get(0).transformers().subList(0, shared));
        YamlSettings of = settings.computeIfAbsent(component, this::settingsOf);
        PipelineOptions pipeline = pipeline(component, of, before);
        if (!ids.add(pipeline.id())) {
            of.refuse("id", "is the id of two pipelines; checkpoints are stored under it, so it must be of one only");
        }
        CollectorProvider provider = known.find(CollectorProvider.class, component.type());
        if (provider == null) {
            return;
        }
        Collector collector = guarded(of, () -> provider.collector(of, pipeline));
        if (collector != null && findings.isEmpty()) {
            Processor processor = guarded(of, () -> collector.processor(targets));
            if (processor != null) {
                processors.add(processor);
            }
        }
    }

    private List<Transform> chain(List<Component> transformers) {
        return transformers.stream()
                .map(transforms::get)
                .filter(transform -> transform != null && transform != BuiltInTransformers.NOTHING)
                .toList();
    }

    private PipelineOptions pipeline(Component component, YamlSettings of, List<Transform> before) {
        YamlSettings below = of.below("pipeline");
        String id = below.get("id", String.class, component.id());
        PipelineOptions.Builder builder = PipelineOptions.builder(id).checkpoints(new FileCheckpointStore(directory));
        List<Transform> rest = before;
        if (!before.isEmpty() && before.get(0) instanceof TablesOnly first) {
            builder.filter(first.filter());
            rest = before.subList(1, before.size());
        }
        rest.forEach(builder::transform);
        below.exclude("filter");
        if (below.has("filter")) {
            below.refuse("filter", "is written as a transformer of type TableFilter behind the collector");
        }
        requireOwnStore(below);
        below.bind(builder);
        try {
            return builder.build();
        } catch (InvalidOptionsException e) {
            e.findings()
                    .forEach(finding ->
                            (finding.setting().equals("id") && !below.has("id") ? of : below).report(finding));
            return PipelineOptions.builder(
                            "invalid-" + component.mapping().place().line())
                    .checkpoints(new InMemoryCheckpointStore())
                    .build();
        }
    }

    private void requireOwnStore(YamlSettings pipeline) {
        Yaml.Mapping.Entry store = pipeline.mapping().find("checkpoints");
        Yaml.Mapping.Entry key = store != null && store.value() instanceof Yaml.Mapping settingsOfStore
                ? settingsOfStore.find("checkpoint_key")
                : null;
        if (key != null && key.value() instanceof Yaml.Scalar name && !storeKeys.add(name.text())) {
            findings.add(name.place(), "is the place of another pipeline's checkpoints already");
        }
    }

    private @Nullable Target makeTarget(Component component, List<Transform> before) {
        YamlSettings of = settingsOf(component);
        settings.put(component, of);
        return makeTarget(of, before);
    }

    private @Nullable Target makeTarget(YamlSettings of, List<Transform> before) {
        DispatcherProvider provider = known.find(DispatcherProvider.class, of.type());
        if (provider == null) {
            return null;
        }
        TargetOptions.Builder builder = TargetOptions.builder(of.id());
        before.forEach(builder::transform);
        // What is wrong is reported when the component is made.
        YamlSettings unheard = new YamlSettings(of.mapping(), of.id(), of.type(), new Values(new FileFindings(), this));
        try {
            provider.defaults(unheard, builder);
        } catch (RuntimeException e) {
            findings.add(of.mapping().place(), "cannot be made: " + e);
            return null;
        }
        YamlSettings below = of.below("target");
        below.bind(builder);
        TargetOptions options;
        try {
            options = builder.build();
        } catch (InvalidOptionsException e) {
            of.blame("name", "id");
            e.findings().forEach(finding -> (finding.setting().equals("name") ? of : below).report(finding));
            options = TargetOptions.named("invalid");
        }
        TargetOptions checked = options;
        return guarded(of, () -> provider.dispatcher(of, checked));
    }

    @Override
    public @Nullable Target deadLetters(Yaml.Mapping mapping) {
        YamlSettings of = typed(mapping, DispatcherProvider.class, DEAD_LETTERS);
        return of == null ? null : makeTarget(of, List.of());
    }

    @Override
    public @Nullable CheckpointStore store(Yaml.Mapping mapping) {
        YamlSettings of = typed(mapping, CheckpointStoreProvider.class, "checkpoints");
        CheckpointStoreProvider provider = of == null ? null : known.find(CheckpointStoreProvider.class, of.type());
        return of == null || provider == null ? null : guarded(of, () -> provider.store(of));
    }

    /** {@return the settings of a mapping that names its type; null if it does not name one that is known} */
    private @Nullable YamlSettings typed(Yaml.Mapping mapping, Class<? extends ComponentProvider> kind, String id) {
        Yaml.Mapping.Entry type = mapping.find("type");
        if (type == null) {
            findings.add(mapping.place(), "lacks 'type'" + Spelling.advice("", known.types(kind)));
        } else if (!(type.value() instanceof Yaml.Scalar scalar)) {
            findings.add(
                    type.value().place(),
                    "must be a text, but is " + type.value().what());
        } else if (!known.types(kind).contains(scalar.text())) {
            findings.add(
                    type.value().place(),
                    scalar.shown() + " is not known" + Spelling.advice(scalar.text(), known.types(kind)));
        } else {
            YamlSettings of = new YamlSettings(mapping, id, scalar.text(), values);
            of.claim("type");
            return of;
        }
        return null;
    }

    private <T> @Nullable T guarded(YamlSettings of, Supplier<T> make) {
        T made = null;
        try {
            made = make.get();
        } catch (InvalidOptionsException e) {
            of.report(e);
        } catch (MillraceException | IllegalArgumentException e) {
            findings.add(of.mapping().place(), "cannot be made: " + e.getMessage());
        } catch (RuntimeException e) {
            // Whatever a provider does not expect is no reason to keep the other findings back.
            findings.add(of.mapping().place(), "cannot be made: " + e);
        }
        of.finish();
        return made;
    }
}
