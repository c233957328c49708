// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.format.TemplatePart.Field;
import io.millrace.core.format.TemplatePart.Literal;
import io.millrace.core.format.TemplatePart.Placeholder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the text of a {@link Template}. Used once, by one thread. */
final class TemplateParser {

    /** What a pointer may begin with. */
    private static final Map<String, Field> POINTERS = new LinkedHashMap<>();

    /** What may stand without a slash: Maxwell's names. */
    private static final Map<String, Field> NAMES = new LinkedHashMap<>();

    static {
        for (Field field : Field.values()) {
            if (field != Field.TYPE) {
                POINTERS.put(field.jsonName, field);
            }
        }
        POINTERS.put("database", Field.SCHEMA_NAME);
        POINTERS.put("table", Field.TABLE_NAME);
        NAMES.put("database", Field.SCHEMA_NAME);
        NAMES.put("table", Field.TABLE_NAME);
        NAMES.put("type", Field.TYPE);
    }

    private final String text;
    private final List<TemplatePart> parts = new ArrayList<>();

    TemplateParser(String text) {
        this.text = text;
    }

    List<TemplatePart> parse() {
        if (text.isEmpty()) {
            throw invalid(0, "a template must not be empty; write text, placeholders such as %{/table}, or both");
        }
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf("%{", at);
            if (open < 0) {
                parts.add(new Literal(text.substring(at)));
                break;
            }
            if (open > at) {
                parts.add(new Literal(text.substring(at, open)));
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw invalid(open, "'%{' is not closed by '}'");
            }
            parts.add(placeholder(open, close));
            at = close + 1;
        }
        return List.copyOf(parts);
    }

    private Placeholder placeholder(int open, int close) {
        String inner = text.substring(open + 2, close);
        int bar = inner.indexOf('|');
        String name = bar < 0 ? inner : inner.substring(0, bar);
        String fallback = bar < 0 ? null : inner.substring(bar + 1);
        String written = "%{" + name + "}";
        int start = open + 2;
        if (name.isEmpty()) {
            throw invalid(start, "a placeholder must not be empty; write %{/table} or another JSON pointer");
        }
        if (name.charAt(0) != '/') {
            return named(name, start, written, fallback);
        }
        List<String> tokens = tokens(name, start);
        Field field = POINTERS.get(tokens.get(0));
        if (field == null) {
            throw invalid(
                    start,
                    "a change has no /%s; it has %s. A column is /record/<name>."
                            .formatted(tokens.get(0), POINTERS.keySet()));
        }
        List<String> path = tokens.subList(1, tokens.size());
        if (field.isNested() && path.isEmpty()) {
            throw invalid(
                    start,
                    "/%1$s is not text but %2$s; name a part of it, such as /%1$s/%3$s"
                            .formatted(
                                    field.jsonName,
                                    field == Field.TABLES ? "an array" : "an object",
                                    field == Field.TABLES ? "0/table_name" : "id"));
        }
        if (!field.isNested() && !path.isEmpty()) {
            throw invalid(
                    start, "/%s is plain text and has no part /%s".formatted(tokens.get(0), String.join("/", path)));
        }
        return new Placeholder(written, field, List.copyOf(path), fallback);
    }

    private Placeholder named(String name, int start, String written, @Nullable String fallback) {
        Field field = NAMES.get(name);
        if (field == null) {
            throw invalid(
                    start,
                    "'%s' is none of %s and no JSON pointer, which begins with '/'; a column is /record/%s"
                            .formatted(name, NAMES.keySet(), name));
        }
        return new Placeholder(written, field, List.of(), fallback);
    }

    /** Splits an RFC 6901 pointer. */
    private List<String> tokens(String pointer, int start) {
        List<String> tokens = new ArrayList<>();
        StringBuilder token = new StringBuilder();
        for (int i = 1; i < pointer.length(); i++) {
            char c = pointer.charAt(i);
            if (c == '/') {
                tokens.add(token.toString());
                token.setLength(0);
            } else if (c == '~') {
                char next = i + 1 < pointer.length() ? pointer.charAt(i + 1) : ' ';
                if (next != '0' && next != '1') {
                    throw invalid(start + i, "'~' must be written ~0, and '/' in a name ~1 (RFC 6901)");
                }
                token.append(next == '0' ? '~' : '/');
                i++;
            } else {
                token.append(c);
            }
        }
        tokens.add(token.toString());
        return tokens;
    }

    private InvalidTemplateException invalid(int offset, String problem) {
        return new InvalidTemplateException(text, offset, problem);
    }
}
