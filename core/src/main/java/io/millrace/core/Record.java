// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.format.NativeJson;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row or document that was inserted, updated or deleted, or read as it stood before the stream
 * began. Immutable.
 *
 * <p>The name is also that of {@link java.lang.Record}: import this class by name, since an import
 * of the whole package loses against {@code java.lang}.
 */
public final class Record implements Change {

    /** What happened to the row. */
    public enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        /** The row was read as it stood; nothing happened to it. */
        READ
    }

    /** The record's own fields and its row images' objects, beside the event's bytes. */
    private static final int OVERHEAD_BYTES = 120;

    private final Kind kind;
    private final @Nullable RowImage before;
    private final @Nullable RowImage after;
    private final SourceInfo source;
    private final long ordinal;
    private final int subOrdinal;

    /**
     * A record of sub-ordinal 0.
     *
     * @param before the row as it was; null for INSERT and READ, and where the source does not tell
     * @param after the row as it is now; null for DELETE
     * @param ordinal number of the row within its transaction, from 0
     * @throws IllegalArgumentException if both images are missing
     */
    public Record(Kind kind, @Nullable RowImage before, @Nullable RowImage after, SourceInfo source, long ordinal) {
        this(kind, before, after, source, ordinal, 0);
    }

    private Record(
            Kind kind,
            @Nullable RowImage before,
            @Nullable RowImage after,
            SourceInfo source,
            long ordinal,
            int subOrdinal) {
        if (before == null && after == null) {
            throw new IllegalArgumentException("a record needs a row image: before, after, or both");
        }
        this.kind = Objects.requireNonNull(kind, "kind");
        this.before = before;
        this.after = after;
        this.source = Objects.requireNonNull(source, "source");
        this.ordinal = ordinal;
        this.subOrdinal = subOrdinal;
    }

    public Kind kind() {
        return kind;
    }

    /** {@return the row as it was; null if it was not there, or the source does not tell} */
    public @Nullable RowImage before() {
        return before;
    }

    /** {@return the row as it is now; null after a delete} */
    public @Nullable RowImage after() {
        return after;
    }

    /** {@return the row that the record is about: the one after, or for a delete the one before} */
    public RowImage row() {
        return after != null ? after : Objects.requireNonNull(before);
    }

    /** {@return the shape of {@link #row()}} */
    public TableSchema schema() {
        return row().schema();
    }

    public TableId table() {
        return schema().table();
    }

    @Override
    public SourceInfo source() {
        return source;
    }

    @Override
    public long ordinal() {
        return ordinal;
    }

    /**
     * {@return the record's number among those that transforms made of one change, from 0} With the transaction
     * and the {@linkplain #ordinal() ordinal} it tells a record from all others of the pipeline.
     */
    public int subOrdinal() {
        return subOrdinal;
    }

    @Override
    public int sizeBytes() {
        return OVERHEAD_BYTES + (before == null ? 0 : before.sizeBytes()) + (after == null ? 0 : after.sizeBytes());
    }

    /**
     * {@return this record, at the same place of the log, with other row images}
     *
     * @throws IllegalArgumentException if both are null
     */
    public Record withImages(@Nullable RowImage newBefore, @Nullable RowImage newAfter) {
        return new Record(kind, newBefore, newAfter, source, ordinal, subOrdinal);
    }

    /**
     * {@return this record with all that it tells of the row after it} The log of an update may hold only what changed;
     * the rest is as it was before, if it tells that.
     */
    public Record completed() {
        if (before == null || after == null || after.isWhole()) {
            return this;
        }
        RowImage whole = after;
        for (int i = 0; i < after.schema().size(); i++) {
            String name = after.schema().column(i).name();
            if (!after.has(i) && before.schema().indexOf(name) >= 0 && before.has(name)) {
                whole = whole.with(name, before.get(name));
            }
        }
        return withImages(before, whole);
    }

    /** {@return this record with that sub-ordinal} The pipeline itself numbers what transforms make. */
    public Record withSubOrdinal(int number) {
        return number == subOrdinal ? this : new Record(kind, before, after, source, ordinal, number);
    }

    @Override
    public String toJson() {
        return NativeJson.toText(this);
    }

    /** {@return {@link #toJson()}} */
    @Override
    public String toString() {
        return toJson();
    }
}
