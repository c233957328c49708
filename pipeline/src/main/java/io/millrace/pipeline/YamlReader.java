// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads text into {@link Yaml}. What is not YAML, keys that come twice and aliases that do not end are findings. */
final class YamlReader {

    /** Aliases of aliases grow without end: no file of people has so many values. */
    private static final int MOST_VALUES = 100_000;

    /** Each level takes a part of the thread's stack, and no file of people has so many. */
    private static final int MOST_LEVELS = 50;

    private final FileFindings findings;
    private final References references;
    private int values;

    YamlReader(FileFindings findings, References references) {
        this.findings = findings;
        this.references = references;
    }

    /** {@return the document; null if the text is not YAML} */
    @Nullable Yaml read(String text) {
        LoadSettings settings = LoadSettings.builder().build();
        try {
            if (isTooDeep(new Parse(settings).parseString(text))) {
                return null;
            }
            Iterator<Node> documents =
                    new Compose(settings).composeAllFromString(text).iterator();
            Yaml first = documents.hasNext() ? value(documents.next(), "", null) : Yaml.Mapping.empty(Place.START);
            if (documents.hasNext()) {
                findings.add(place(documents.next(), ""), "must be one document; leave the second '---' out");
            }
            return first;
        } catch (MarkedYamlEngineException e) {
            Place place = e.getProblemMark().map(mark -> place(mark, "")).orElse(Place.START);
            findings.add(place, "is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            findings.add(Place.START, "is not YAML: " + e.getMessage());
        }
        return null;
    }

    /** {@return whether lists and mappings are within too many others} They are parsed without the stack, but not composed. */
    private boolean isTooDeep(Iterable<Event> events) {
        int level = 0;
        for (Event event : events) {
            if (event instanceof CollectionStartEvent && ++level > MOST_LEVELS) {
                findings.add(
                        event.getStartMark().map(mark -> place(mark, "")).orElse(Place.START),
                        "must not hold lists and mappings within more than " + MOST_LEVELS + " others");
                return true;
            } else if (event instanceof CollectionEndEvent) {
                level--;
            }
        }
        return false;
    }

    private Yaml value(Node node, String path, @Nullable Place ofKey) {
        Place place = place(node, path);
        if (node.isRecursive() || ++values > MOST_VALUES) {
            findings.add(
                    place, "an alias must not hold itself, nor may aliases make more than " + MOST_VALUES + " values");
            return Yaml.Mapping.empty(place);
        }
        if (node instanceof MappingNode mapping) {
            return mapping(mapping, place);
        }
        if (node instanceof SequenceNode sequence) {
            List<Yaml> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(value(item, path + "[" + items.size() + "]", null));
            }
            return new Yaml.Sequence(place, items);
        }
        ScalarNode scalar = (ScalarNode) node;
        // What is empty has a mark somewhere behind the key, where nobody would look for it.
        Place shown = scalar.getValue().isEmpty() && ofKey != null ? ofKey : place;
        String text = references.replaced(scalar.getValue(), shown);
        boolean isBrokenReference = text.equals(scalar.getValue()) && text.contains("${");
        if (Secrets.isSecret(path) && !isBrokenReference) {
            findings.hideSecret(text);
        }
        return new Yaml.Scalar(shown, scalar.getValue(), text, scalar.getScalarStyle() == ScalarStyle.PLAIN);
    }

    private Yaml mapping(MappingNode node, Place place) {
        Map<String, Yaml.Mapping.Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                String path = place.path().isEmpty() ? key.getValue() : place.path() + "." + key.getValue();
                Place keyPlace = place(key, path);
                Yaml.Mapping.Entry first = entries.get(key.getValue());
                if (first != null) {
                    findings.add(
                            keyPlace,
                            "is there twice; the first is in line "
                                    + first.key().line());
                } else {
                    entries.put(
                            key.getValue(),
                            new Yaml.Mapping.Entry(keyPlace, value(tuple.getValueNode(), path, keyPlace)));
                }
            } else {
                findings.add(place(tuple.getKeyNode(), place.path()), "a key must be a text");
            }
        }
        return new Yaml.Mapping(place, entries);
    }

    private static Place place(Node node, String path) {
        return node.getStartMark().map(mark -> place(mark, path)).orElse(new Place(1, 1, path));
    }

    private static Place place(Mark mark, String path) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1, path);
    }
}
