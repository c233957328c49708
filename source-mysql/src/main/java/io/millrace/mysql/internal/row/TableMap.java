// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.Column;
import io.millrace.core.PermanentException;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table's shape as a TABLE_MAP_EVENT tells it ahead of the rows. The log repeats the event for
 * every statement: keep one of these per table number, and parse anew only if its bytes have changed.
 * Immutable.
 */
public final class TableMap {

    /** Where the table's name begins: after its number (6 bytes) and flags (2). */
    private static final int NAME = 8;

    private final RowLayout layout;
    private final RowDecoder decoder;

    private TableMap(RowLayout layout, RowDecoder decoder) {
        this.layout = layout;
        this.decoder = decoder;
    }

    /**
     * Reads the body of a table map event that a MySQL server wrote.
     *
     * @param offset where the body begins, after the header
     * @param end where it ends, before the checksum
     * @throws PermanentException if the event lacks what {@code binlog_row_metadata=FULL} adds to it,
     *     or a column's type is unknown
     * @throws MalformedRowException if the event is damaged
     */
    public static TableMap parse(byte[] event, int offset, int end) {
        return parse(event, offset, end, ServerFamily.MYSQL, false);
    }

    /**
     * As {@link #parse(byte[], int, int)}, for an event that a server of that family wrote.
     *
     * @param keepsInvalidText whether bytes that are no text are shown as bytes, not refused
     */
    public static TableMap parse(byte[] event, int offset, int end, ServerFamily family, boolean keepsInvalidText) {
        return parse(event, offset, end, family, keepsInvalidText, null);
    }

    /**
     * As {@link #parse(byte[], int, int)}, also for an event that does not name its columns.
     *
     * @param declared what is known of such a table; null if nothing is
     * @throws SchemaMismatchException if the event contradicts it
     */
    public static TableMap parse(
            byte[] event,
            int offset,
            int end,
            ServerFamily family,
            boolean keepsInvalidText,
            @Nullable DeclaredTable declared) {
        EventReader reader = new EventReader(event, offset, end);
        RowLayout layout = RowLayout.read(reader, family);
        OptionalMetadata metadata = OptionalMetadata.read(reader, layout, family);
        if (metadata.names == null && declared != null) {
            String contradiction = declared.complete(layout, metadata);
            if (contradiction != null) {
                throw new SchemaMismatchException(contradiction);
            }
        }
        String[] names = metadata.names;
        if (names == null) {
            throw new PermanentException(
                    "the log has no column names for " + layout.table()
                            + ": it was written with binlog_row_metadata=MINIMAL, the server's default,"
                            + " and FULL is needed, or MySqlOptions.schemaHistory(directory). Run SET "
                            + (family == ServerFamily.MYSQL ? "PERSIST" : "GLOBAL")
                            + " binlog_row_metadata=FULL on the server, and start after the events that were"
                            + " written before",
                    null);
        }
        List<Column> columns = new ArrayList<>(names.length);
        ColumnPlan[] plans = new ColumnPlan[names.length];
        for (int i = 0; i < names.length; i++) {
            plans[i] = ColumnPlan.of(layout, i, metadata, names[i]);
            columns.add(plans[i].column());
        }
        List<String> key = new ArrayList<>(metadata.primaryKey.length);
        for (int column : metadata.primaryKey) {
            key.add(names[column]);
        }
        TableSchema schema = schema(layout.table(), columns, key);
        return new TableMap(layout, new RowDecoder(layout, schema, plans, keepsInvalidText));
    }

    private static TableSchema schema(TableId table, List<Column> columns, List<String> key) {
        try {
            return new TableSchema(table, columns, key);
        } catch (IllegalArgumentException e) {
            throw new MalformedRowException("the table map of " + table + " contradicts itself: " + e.getMessage());
        }
    }

    /** {@return the number by which rows events refer to the table map whose body is at {@code offset}} */
    public static long peekTableNumber(byte[] event, int offset) {
        return Bytes.littleEndian(event, offset, 6);
    }

    /**
     * {@return the table that the table map whose body is there is about, without reading the rest}
     *
     * @throws MalformedRowException if the event is damaged
     */
    public static TableId peekTable(byte[] event, int offset, int end) {
        EventReader reader = new EventReader(event, offset, end);
        reader.skip(NAME);
        return RowLayout.readTable(reader);
    }

    /**
     * {@return whether the table map whose body is there names its columns}
     *
     * @param family who wrote it
     */
    public static boolean namesColumns(byte[] event, int offset, int end, ServerFamily family) {
        EventReader reader = new EventReader(event, offset, end);
        RowLayout.read(reader, family);
        return OptionalMetadata.hasNames(reader);
    }

    public long tableNumber() {
        return layout.tableNumber();
    }

    public TableId table() {
        return layout.table();
    }

    public TableSchema schema() {
        return decoder.schema();
    }

    public RowDecoder decoder() {
        return decoder;
    }
}
