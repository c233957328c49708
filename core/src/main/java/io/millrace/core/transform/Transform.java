// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.filter.TableFilter;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A step between the capture and a target: one record comes in, and any number goes on in its place,
 * in order. Set by {@code transform(...)} of {@link io.millrace.core.PipelineOptions.Builder} for all
 * targets or of {@link io.millrace.core.TargetOptions.Builder} for one; the pipeline's come first.
 *
 * <pre>{@code
 * TargetOptions.builder("warehouse")
 *     .transform(Transform.keeping(record -> record.kind() != Record.Kind.DELETE))
 *     .transform(Columns.mask("***", "card_number"))
 * }</pre>
 *
 * <p>What goes on keeps the place in the log of what came in: its {@linkplain Record#source() source}
 * and its {@linkplain Record#ordinal() ordinal}; several records of one are told apart by their
 * {@linkplain Record#subOrdinal() sub-ordinals}, which the pipeline counts. A target gets them in one
 * batch and acknowledges them together, so a restart repeats all of them or none.
 *
 * <p>A transform is called on the threads of the targets: a pipeline's by several at once, so it has
 * to be thread-safe, and for each target anew. After a restart a record may come again, so what is
 * made of it must not depend on when. What a transform throws concerns the one record, which then
 * goes the way of {@link io.millrace.core.TargetOptions#errorPolicy()}: a dead letter holds its primary
 * key only, since the rest may be what the transforms were to hide. A
 * {@link io.millrace.core.MillraceException} other than
 * {@link io.millrace.core.ChangeRejectedException} fails the target: it is not tried again.
 */
@FunctionalInterface
public interface Transform {

    /**
     * @param record what comes in
     * @param out takes what goes on, during the call only; nothing given means that the record is dropped
     */
    void apply(Record record, Consumer<Record> out);

    /** {@return the statement, an edited copy of it, or null to drop it} This implementation passes it on as it is. */
    default @Nullable Statement apply(Statement statement) {
        return statement;
    }

    /** {@return the transform that makes of each record the one that {@code edit} answers; null drops it} */
    static Transform each(Function<Record, @Nullable Record> edit) {
        Objects.requireNonNull(edit, "edit");
        return (record, out) -> {
            Record edited = edit.apply(record);
            if (edited != null) {
                out.accept(edited);
            }
        };
    }

    /** {@return the transform that edits the rows of each record, the one before and the one after alike} */
    static Transform rows(UnaryOperator<RowImage> edit) {
        Objects.requireNonNull(edit, "edit");
        return (record, out) -> {
            RowImage before = record.before();
            RowImage after = record.after();
            out.accept(record.withImages(
                    before == null ? null : edit.apply(before), after == null ? null : edit.apply(after)));
        };
    }

    /** {@return the transform that drops the records that do not match} */
    static Transform keeping(Predicate<Record> wanted) {
        Objects.requireNonNull(wanted, "wanted");
        return (record, out) -> {
            if (wanted.test(record)) {
                out.accept(record);
            }
        };
    }

    /**
     * {@return this transform for the tables that the filter includes} Records of others go on as they are, and so
     * do statements that name another, or none. The tables are those that come in: behind a {@link Route} they have
     * their new names.
     *
     * @throws io.millrace.core.InvalidOptionsException if the filter has rules of events or columns
     */
    default Transform onlyFor(TableFilter tables) {
        return new ForTables(tables, this);
    }
}
