// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of a file as plain maps, lists and texts. */
final class Trees {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Trees() {}

    /** {@return the value as JSON: texts without quotes are numbers and the like where YAML says so} */
    static JsonNode json(Yaml value) {
        return MAPPER.valueToTree(plain(value));
    }

    private static @Nullable Object plain(Yaml value) {
        if (value instanceof Yaml.Mapping mapping) {
            Map<String, @Nullable Object> entries = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> entries.put(key, plain(entry.value())));
            return entries;
        } else if (value instanceof Yaml.Sequence sequence) {
            return sequence.items().stream().map(Trees::plain).toList();
        }
        return Scalars.any((Yaml.Scalar) value);
    }

    /** {@return the value as it is written, to be shown: no references are replaced, and secrets are left out} */
    static Object shown(Yaml value) {
        if (Secrets.isSecret(value.place().path())) {
            boolean isReference = value instanceof Yaml.Scalar scalar && scalar.isReferenced();
            return isReference ? Secrets.reference(((Yaml.Scalar) value).raw()) : Secrets.HIDDEN;
        } else if (value instanceof Yaml.Mapping mapping) {
            Map<String, Object> entries = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> entries.put(key, shown(entry.value())));
            return entries;
        } else if (value instanceof Yaml.Sequence sequence) {
            List<Yaml> items = sequence.items();
            return items.stream().map(Trees::shown).toList();
        }
        Yaml.Scalar scalar = (Yaml.Scalar) value;
        Object any = scalar.isReferenced() ? null : Scalars.any(scalar);
        return any == null || any instanceof String
                ? Secrets.masked(scalar.place().path(), scalar.raw())
                : any;
    }
}
