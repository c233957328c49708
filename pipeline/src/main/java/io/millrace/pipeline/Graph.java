// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The components of a file and how they lead to each other. What does not lead anywhere, or to the wrong place, is a finding. */
final class Graph {

    private final FileFindings findings;
    private final Components known;
    private final Map<String, Component> components = new LinkedHashMap<>();

    private Graph(FileFindings findings, Components known) {
        this.findings = findings;
        this.known = known;
    }

    static Graph of(Yaml document, Components known, FileFindings findings) {
        Graph graph = new Graph(findings, known);
        if (document instanceof Yaml.Mapping mapping) {
            graph.read(mapping);
            graph.check();
        } else {
            findings.add(document.place(), "must be a mapping with collectors, transformers and dispatchers");
        }
        return graph;
    }

    List<Component> all(Kind kind) {
        return components.values().stream()
                .filter(component -> component.kind() == kind)
                .toList();
    }

    private void read(Yaml.Mapping document) {
        Set<String> sections = Stream.of(Kind.values()).map(Kind::section).collect(Collectors.toSet());
        document.entries().forEach((key, entry) -> {
            if (!sections.contains(key)) {
                findings.add(entry.key(), "is not known" + Spelling.advice(key, sections));
            }
        });
        for (Kind kind : Kind.values()) {
            Yaml.Mapping.Entry section = document.entries().get(kind.section());
            if (section != null && section.value() instanceof Yaml.Sequence list) {
                list.items().forEach(item -> read(kind, item));
            } else if (section != null && !(section.value() instanceof Yaml.Scalar scalar && scalar.isNull())) {
                findings.add(
                        section.value().place(),
                        "must be a list of " + kind.section() + ", but is "
                                + section.value().what());
            }
        }
        if (all(Kind.COLLECTOR).isEmpty() && findings.isEmpty()) {
            findings.add(document.place(), "has no collectors, so there is nothing to run");
        }
    }

    private void read(Kind kind, Yaml item) {
        if (!(item instanceof Yaml.Mapping mapping)) {
            findings.add(item.place(), "must be a mapping with id, type and settings, but is " + item.what());
            return;
        }
        String id = text(mapping, "id");
        String type = text(mapping, "type");
        List<Component.Destination> destinations = kind.leadsOn() ? destinations(mapping, kind) : List.of();
        if (type != null) {
            checkType(kind, type, mapping);
        }
        if (id != null) {
            Component component = new Component(kind, id, type == null ? "" : type, mapping, destinations);
            Component first = components.putIfAbsent(id, component);
            if (first != null) {
                findings.add(
                        valueOf(mapping, "id"),
                        "'%s' is the id of a %s in line %d already"
                                .formatted(
                                        id,
                                        first.kind().word(),
                                        first.mapping().place().line()));
            }
        }
    }

    private static Place valueOf(Yaml.Mapping mapping, String key) {
        Yaml.Mapping.Entry entry = mapping.find(key);
        return entry == null ? mapping.place() : entry.value().place();
    }

    private @Nullable String text(Yaml.Mapping mapping, String key) {
        Yaml.Mapping.Entry entry = mapping.find(key);
        if (entry == null) {
            findings.add(mapping.place(), "lacks '" + key + "'");
            return null;
        }
        return text(entry.value());
    }

    private @Nullable String text(Yaml value) {
        if (value instanceof Yaml.Scalar scalar && !scalar.isNull()) {
            return scalar.text();
        }
        findings.add(value.place(), "must be a text, but is " + value.what());
        return null;
    }

    private void checkType(Kind kind, String type, Yaml.Mapping mapping) {
        if (known.types(kind.provider()).contains(type)) {
            return;
        }
        String problem = Stream.of(Kind.values())
                .filter(other -> known.types(other.provider()).contains(type))
                .findFirst()
                .map(other -> "is the type of a " + other.word() + "; list it below '" + other.section() + "'")
                .orElse("is no type of " + kind.section() + Spelling.advice(type, known.types(kind.provider())));
        findings.add(valueOf(mapping, "type"), "'" + type + "' " + problem);
    }

    private List<Component.Destination> destinations(Yaml.Mapping mapping, Kind kind) {
        Yaml.Mapping.Entry one = mapping.find("destination");
        Yaml.Mapping.Entry many = mapping.find("destinations");
        List<Component.Destination> destinations = new ArrayList<>();
        if (one != null && many != null) {
            findings.add(many.key(), "must not be there beside 'destination'");
        }
        Yaml value = many != null ? many.value() : one != null ? one.value() : null;
        List<Yaml> written =
                value == null ? List.of() : value instanceof Yaml.Sequence sequence ? sequence.items() : List.of(value);
        for (Yaml item : written) {
            String id = text(item);
            if (id != null) {
                destinations.add(new Component.Destination(id, item.place()));
            }
        }
        if (written.isEmpty()) {
            findings.add(
                    value == null ? mapping.place() : value.place(),
                    (value == null ? "lacks 'destination'" : "is empty") + ", so this " + kind.word()
                            + " leads to no dispatcher");
        }
        return destinations;
    }

    private void check() {
        components.values().forEach(this::checkDestinations);
        Set<Component> done = new HashSet<>();
        components.values().forEach(component -> findCycles(component, new ArrayDeque<>(), done));
        if (!all(Kind.COLLECTOR).isEmpty()) {
            checkReach();
        }
    }

    private void checkReach() {
        Set<Component> reached = new HashSet<>(all(Kind.COLLECTOR));
        Deque<Component> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            open.remove().destinations().stream()
                    .map(destination -> components.get(destination.id()))
                    .filter(next -> next != null && reached.add(next))
                    .forEach(open::add);
        }
        components.values().stream()
                .filter(component -> !reached.contains(component))
                .forEach(component -> findings.add(
                        component.mapping().place(),
                        component + " is reached by no collector; name it as a destination, or leave it out"));
    }

    private void checkDestinations(Component component) {
        for (Component.Destination destination : component.destinations()) {
            Component next = components.get(destination.id());
            if (next == null) {
                Set<String> others = components.values().stream()
                        .filter(other -> other.kind() != Kind.COLLECTOR && !other.equals(component))
                        .map(Component::id)
                        .collect(Collectors.toSet());
                findings.add(
                        destination.place(),
                        "'" + destination.id() + "' is the id of no component"
                                + Spelling.advice(destination.id(), others));
            } else if (next.kind() == Kind.COLLECTOR) {
                findings.add(
                        destination.place(),
                        next + " is a collector; only transformers and dispatchers can be destinations");
            }
        }
    }

    private void findCycles(Component component, Deque<Component> way, Set<Component> done) {
        if (done.contains(component)) {
            return;
        }
        way.addLast(component);
        for (Component.Destination destination : component.destinations()) {
            Component next = components.get(destination.id());
            if (next == null || next.kind() == Kind.COLLECTOR) {
                continue;
            } else if (way.contains(next)) {
                String circle = Stream.concat(way.stream().dropWhile(passed -> !passed.equals(next)), Stream.of(next))
                        .map(Component::id)
                        .collect(Collectors.joining(" -> "));
                findings.add(destination.place(), "leads in a circle: " + circle);
            } else {
                findCycles(next, way, done);
            }
        }
        way.removeLast();
        done.add(component);
    }

    /** {@return the ways to all dispatchers that the collector reaches, in the file's order} */
    List<Route> routes(Component collector) {
        Map<Component, Route> routes = new LinkedHashMap<>();
        follow(collector, collector, new ArrayDeque<>(), routes);
        return List.copyOf(routes.values());
    }

    private void follow(Component collector, Component from, Deque<Component> way, Map<Component, Route> routes) {
        for (Component.Destination destination : from.destinations()) {
            Component next = components.get(destination.id());
            if (next == null || next.kind() == Kind.COLLECTOR || way.contains(next)) {
                continue;
            } else if (next.kind() == Kind.DISPATCHER) {
                Route route = new Route(List.copyOf(way), next);
                Route other = routes.putIfAbsent(next, route);
                if (other != null) {
                    findings.add(
                            destination.place(),
                            "%s is reached twice from %s, so each change would come twice: %s and %s"
                                    .formatted(next, collector, text(collector, other), text(collector, route)));
                }
            } else {
                way.addLast(next);
                follow(collector, next, way, routes);
                way.removeLast();
            }
        }
    }

    private static String text(Component collector, Route route) {
        return Stream.concat(
                        Stream.concat(Stream.of(collector), route.transformers().stream()),
                        Stream.of(route.dispatcher()))
                .map(Component::id)
                .collect(Collectors.joining(" -> "));
    }
}
