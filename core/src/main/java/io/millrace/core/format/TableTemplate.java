// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
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
 * A {@link Template} made ready for the records of one schema: what the schema knows is text
 * already, columns are found. Used by one thread at a time.
 */
public final class TableTemplate {

    private final Template template;
    private final TableSchema schema;
    /** Literals next to each other are one, after the table's own fields became literals. */
    private final List<TemplatePart> parts;

    /** For each part: what reads the column, null if it is not of a column. */
    private final @Nullable ColumnText[] columns;

    private final StringBuilder out = new StringBuilder();
    private @Nullable String cached;
    private @Nullable String cachedService;

    TableTemplate(Template template, TableSchema schema) {
        this.template = template;
        this.schema = schema;
        this.parts = folded(template.parts(), schema);
        this.columns = new @Nullable ColumnText[parts.size()];
        for (int i = 0; i < columns.length; i++) {
            if (parts.get(i) instanceof Placeholder p && (p.field() == Field.RECORD || p.field() == Field.BEFORE)) {
                columns[i] = new ColumnText(p.path());
            }
        }
    }

    private static List<TemplatePart> folded(List<TemplatePart> parts, TableSchema schema) {
        List<TemplatePart> folded = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (TemplatePart part : parts) {
            String text = constant(part, schema);
            if (text != null) {
                literal.append(text);
            } else {
                if (literal.length() > 0) {
                    folded.add(new Literal(literal.toString()));
                    literal.setLength(0);
                }
                folded.add(part);
            }
        }
        if (literal.length() > 0 || folded.isEmpty()) {
            folded.add(new Literal(literal.toString()));
        }
        return folded;
    }

    private static @Nullable String constant(TemplatePart part, TableSchema schema) {
        if (part instanceof Literal literal) {
            return literal.text();
        }
        Placeholder placeholder = (Placeholder) part;
        String text = switch (placeholder.field()) {
            case SCHEMA_NAME -> schema.table().database();
            case TABLE_NAME -> schema.table().name();
            case PRIMARY_KEY -> String.join(",", schema.primaryKey());
            default -> "";
        };
        if (!text.isEmpty()) {
            return text;
        }
        return placeholder.field().scope == Scope.TABLE ? placeholder.fallback() : null;
    }

    /**
     * {@return the text for a record of this schema; the same instance for all of them if the template
     * {@linkplain Template#isPerTable() is per table}}
     *
     * @throws UnresolvedTemplateException if the record lacks what the template names
     */
    public String textFor(Record record) {
        String text = cached;
        if (text != null && Objects.equals(cachedService, record.source().service())) {
            return text;
        }
        text = evaluate(record);
        if (template.isPerTable()) {
            cached = text;
            cachedService = record.source().service();
        }
        return text;
    }

    private String evaluate(Record record) {
        out.setLength(0);
        for (int i = 0; i < columns.length; i++) {
            TemplatePart part = parts.get(i);
            if (part instanceof Literal literal) {
                out.append(literal.text());
            } else if (part instanceof Placeholder placeholder) {
                String value = value(placeholder, columns[i], record);
                out.append(value != null ? value : fallback(placeholder, columns[i], record));
            }
        }
        return out.toString();
    }

    private static @Nullable String value(Placeholder placeholder, @Nullable ColumnText column, Record record) {
        SourceInfo source = record.source();
        return switch (placeholder.field()) {
            case RECORD, BEFORE -> {
                RowImage row = row(placeholder, record);
                yield row == null ? null : Objects.requireNonNull(column).of(row);
            }
            case EVENT_TYPE -> record.kind().name();
            case TYPE -> record.kind().name().toLowerCase(Locale.ROOT);
            case EVENT_TIMESTAMP -> Long.toString(source.eventTimestamp());
            case GLOBAL_ID -> source.globalId();
            case POSITION -> Long.toString(source.position());
            case SERVICE -> source.service();
            case SOURCE -> source.source();
            case TRANSACTION_ID -> source.transaction().shownId();
            case COMMIT_TIMESTAMP_US ->
                source.commitTimestampMicros() == 0 ? null : Long.toString(source.commitTimestampMicros());
            case ORDINAL -> Long.toString(record.ordinal());
            case SUB_ORDINAL -> Integer.toString(record.subOrdinal());
            case SCHEMA_NAME, TABLE_NAME, PRIMARY_KEY, KIND, SQL, TABLES -> null;
        };
    }

    private static @Nullable RowImage row(Placeholder placeholder, Record record) {
        if (placeholder.field() == Field.RECORD) {
            return record.row();
        }
        return record.kind() == Record.Kind.UPDATE ? record.before() : null;
    }

    private String fallback(Placeholder placeholder, @Nullable ColumnText column, Record record) {
        if (placeholder.fallback() != null) {
            return placeholder.fallback();
        }
        throw new UnresolvedTemplateException(
                template.toString(),
                placeholder.written(),
                schema.table().toString(),
                record.source(),
                reason(placeholder, column, record));
    }

    private static String reason(Placeholder placeholder, @Nullable ColumnText column, Record record) {
        if (column == null) {
            return "it is missing or null in this " + record.kind();
        }
        RowImage row = row(placeholder, record);
        return row == null ? "this " + record.kind() + " has no row before it" : column.whyNot(row);
    }
}
