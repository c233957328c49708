// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.format.TemplatePart.Field;
import io.millrace.core.format.TemplatePart.Literal;
import io.millrace.core.format.TemplatePart.Placeholder;
import io.millrace.core.format.TemplatePart.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names a topic, key or channel after the change that goes there: text with placeholders, such as
 * <code>logFlex.%{/database}.%{/table}</code>. Immutable and thread-safe.
 *
 * <p>A placeholder is a JSON pointer (RFC 6901) into the {@linkplain NativeJson native JSON form} of
 * the change: {@code /schema_name}, {@code /table_name}, {@code /service}, {@code /event_type} and so
 * on, {@code /record/<column>} and {@code /before/<column>} for values of the row, and further down
 * ({@code /record/details/tenant/id}) into a column that holds JSON. {@code /database} and
 * {@code /table} stand for {@code /schema_name} and {@code /table_name}. Maxwell's
 * <code>%{database}</code>, <code>%{table}</code> and <code>%{type}</code> are known as well;
 * {@code type} is the event type in lower case. Numbers and booleans are written as they are in JSON.
 *
 * <p>Where the change has no text there (nothing, null, absent, an object or an array) it is an
 * {@link UnresolvedTemplateException}, never an empty string, unless there is a fallback: behind a
 * bar for one placeholder, <code>%{/record/tenant|none}</code>, or for all by
 * {@link #withFallback(String)}. Everything between the first bar and the closing brace is the
 * fallback, which may be empty.
 *
 * <p>{@link #forTable(TableSchema)} is the fast way for many records.
 */
public final class Template {

    private final String text;
    private final List<TemplatePart> parts;
    private final boolean perTable;

    private Template(String text, List<TemplatePart> parts) {
        this.text = text;
        this.parts = parts;
        this.perTable =
                parts.stream().noneMatch(part -> part instanceof Placeholder p && p.field().scope == Scope.CHANGE);
    }

    /**
     * {@return the template that {@code text} says}
     *
     * @throws InvalidTemplateException if it is malformed, or names what no change has
     */
    public static Template compile(String text) {
        Objects.requireNonNull(text, "text");
        return new Template(text, new TemplateParser(text).parse());
    }

    /** {@return this template with {@code fallback} for all placeholders that have none} */
    public Template withFallback(String fallback) {
        Objects.requireNonNull(fallback, "fallback");
        List<TemplatePart> withFallback = new ArrayList<>();
        for (TemplatePart part : parts) {
            withFallback.add(
                    part instanceof Placeholder p && p.fallback() == null
                            ? new Placeholder(p.written(), p.field(), p.path(), fallback)
                            : part);
        }
        return new Template(text, List.copyOf(withFallback));
    }

    /** {@return whether all records of a table have the same text} Then it is made once per table. */
    public boolean isPerTable() {
        return perTable;
    }

    /** {@return the template made ready for the records of one schema; used by one thread at a time} */
    public TableTemplate forTable(TableSchema schema) {
        return new TableTemplate(this, schema);
    }

    /**
     * {@return the text for one record}
     *
     * @throws UnresolvedTemplateException if the record lacks what the template names
     */
    public String textFor(Record record) {
        return forTable(record.schema()).textFor(record);
    }

    /**
     * {@return the text for a statement} Pointers go into the statement's native JSON form.
     *
     * @param table what {@code /schema_name} and {@code /table_name} mean, one of those that the
     *     statement names; null if it names none: then {@code /schema_name} is the session's
     *     database, and {@code /table_name} has no text
     * @throws UnresolvedTemplateException if the statement lacks what the template names; it has no
     *     {@code /record}, {@code /before} and {@code /primary_key}
     */
    public String textFor(Statement statement, @Nullable TableId table) {
        StringBuilder out = new StringBuilder(text.length());
        byte[] json = null;
        for (TemplatePart part : parts) {
            if (part instanceof Literal literal) {
                out.append(literal.text());
            } else if (part instanceof Placeholder placeholder) {
                if (json == null) {
                    json = statement.toJson().getBytes(UTF_8);
                }
                String value = value(placeholder, statement, table, json);
                out.append(value != null ? value : fallback(placeholder, statement, table));
            }
        }
        return out.toString();
    }

    private static @Nullable String value(
            Placeholder placeholder, Statement statement, @Nullable TableId table, byte[] json) {
        Field field = placeholder.field();
        if (field == Field.SCHEMA_NAME) {
            String database = table == null ? statement.database() : table.database();
            return database.isEmpty() ? null : database;
        } else if (field == Field.TABLE_NAME) {
            return table == null ? null : table.name();
        }
        List<String> path = new ArrayList<>();
        path.add(field == Field.TYPE ? Field.EVENT_TYPE.jsonName : field.jsonName);
        path.addAll(placeholder.path());
        String value = JsonText.at(path, json, 0, json.length);
        return value != null && field == Field.TYPE ? value.toLowerCase(Locale.ROOT) : value;
    }

    private String fallback(Placeholder placeholder, Statement statement, @Nullable TableId table) {
        if (placeholder.fallback() != null) {
            return placeholder.fallback();
        }
        throw new UnresolvedTemplateException(
                text,
                placeholder.written(),
                table == null ? "a statement" : "a statement about " + table,
                statement.source(),
                "it is missing or null in " + statement.kind());
    }

    List<TemplatePart> parts() {
        return parts;
    }

    /** {@return the template as it was written} */
    @Override
    public String toString() {
        return text;
    }
}
