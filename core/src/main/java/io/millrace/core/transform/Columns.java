// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Column;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.internal.row.EditedRow;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A transform that edits columns, in the row before and the row after alike. Names are case-sensitive,
 * and a record of a table that lacks a column which is named fails: a column that was renamed must not
 * get past a mask unnoticed. Limit it to the tables that it is meant for by {@link #onlyFor}, or to
 * those that have the columns by {@link #wherePresent}.
 */
public final class Columns implements Transform {

    private static final String HMAC = "HmacSHA256";

    private interface Edit {
        RowImage of(RowImage row, List<String> columns);
    }

    private final String name;
    private final List<String> columns;
    private final Edit edit;
    private final boolean whereverPresent;

    private Columns(String name, List<String> columns, Edit edit, boolean whereverPresent) {
        this.name = name;
        this.columns = columns;
        this.edit = edit;
        this.whereverPresent = whereverPresent;
    }

    /** {@return the transform that leaves these columns out} A table that loses a part of its primary key has none. */
    public static Columns drop(String... columns) {
        return of("drop", List.of(columns), Columns::without);
    }

    /** {@return the transform that leaves all other columns out} */
    public static Columns keep(String... columns) {
        return of("keep", List.of(columns), (row, kept) -> {
            List<String> others = row.schema().columns().stream()
                    .map(Column::name)
                    .filter(name -> !kept.contains(name))
                    .toList();
            return without(row, others);
        });
    }

    private static RowImage without(RowImage row, List<String> columns) {
        RowImage fewer = row;
        for (String column : columns) {
            fewer = fewer.without(column);
        }
        return fewer;
    }

    /**
     * {@return the transform that gives columns other names: old names to new ones}
     *
     * @throws IllegalArgumentException if a name is both
     */
    public static Columns rename(Map<String, String> names) {
        Map<String, String> copy = Map.copyOf(names);
        for (String name : copy.values()) {
            if (copy.containsKey(name)) {
                throw new IllegalArgumentException(
                        "rename: " + name + " is both an old and a new name; use two transforms");
            }
        }
        return of("rename", List.copyOf(copy.keySet()), (row, columns) -> {
            RowImage renamed = row;
            for (String column : columns) {
                renamed = renamed.rename(column, Objects.requireNonNull(copy.get(column)));
            }
            return renamed;
        });
    }

    /**
     * {@return the transform that shows {@code text} in the place of values; null stays null} The columns become
     * columns of text. A column of the primary key fails: {@link #hash} keeps rows apart.
     */
    public static Columns mask(String text, String... columns) {
        Objects.requireNonNull(text, "text");
        return ofValues("mask", List.of(columns), (row, column) -> {
            if (row.schema().keyColumns().contains(column)) {
                throw new IllegalArgumentException("%s is of the primary key of %s; a mask would make all rows one"
                        .formatted(column, row.schema().table()));
            }
            return text;
        });
    }

    /**
     * {@return the transform that shows, in the place of values, their keyed hash: HMAC with SHA-256, as 64
     * hexadecimal digits; null stays null} The columns become columns of text. Equal values have equal hashes, so they
     * can still be joined and counted; without the key they cannot be found by trying, as they could from a plain hash.
     *
     * @param key the secret, at least 16 bytes
     * @throws IllegalArgumentException if the key is shorter
     */
    public static Columns hash(byte[] key, String... columns) {
        if (key.length < 16) {
            throw new IllegalArgumentException("the key has " + key.length + " bytes; at least 16 are needed");
        }
        SecretKeySpec secret = new SecretKeySpec(key, HMAC);
        return ofValues("hash", List.of(columns), (row, column) -> {
            Object value = row.get(column);
            byte[] content = value instanceof byte[] bytes
                    ? bytes
                    : Objects.requireNonNull(ValueText.of(row, row.schema().require(column)))
                            .getBytes(UTF_8);
            return HexFormat.of().formatHex(hmac(secret, content));
        });
    }

    private static byte[] hmac(SecretKeySpec key, byte[] content) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(content);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(HMAC + " is part of every Java platform", e);
        }
    }

    /**
     * {@return the transform that sets a column to the same value everywhere} A column of a new name is added at
     * the end.
     *
     * @param value null, or one of the Java types that {@link io.millrace.core.ColumnType} lists
     */
    public static Columns set(String column, @Nullable Object value) {
        return new Columns("set", List.of(), (row, columns) -> row.with(column, value), false);
    }

    private interface Value {
        Object of(RowImage row, String column);
    }

    private static Columns ofValues(String name, List<String> columns, Value value) {
        return of(name, columns, (row, present) -> {
            EditedRow edited = EditedRow.of(row);
            for (String column : present) {
                // The type is that of all rows of the table, also of those that have no value.
                edited = edited.asText(column);
                if (row.has(column) && row.get(column) != null) {
                    edited = edited.set(column, value.of(row, column));
                }
            }
            return edited;
        });
    }

    private static Columns of(String name, List<String> columns, Edit edit) {
        if (columns.isEmpty()) {
            throw new IllegalArgumentException(name + " needs at least one column");
        }
        return new Columns(name, columns, edit, false);
    }

    /** {@return this transform, but of the columns only those that a table has are edited} */
    public Columns wherePresent() {
        return new Columns(name, columns, edit, true);
    }

    @Override
    public void apply(Record record, Consumer<Record> out) {
        out.accept(record.withImages(edited(record.before()), edited(record.after())));
    }

    private @Nullable RowImage edited(@Nullable RowImage row) {
        if (row == null) {
            return null;
        }
        List<String> present = columns;
        if (whereverPresent) {
            present = columns.stream()
                    .filter(column -> row.schema().indexOf(column) >= 0)
                    .toList();
        } else {
            columns.forEach(row.schema()::require);
        }
        return edit.of(row, present);
    }

    @Override
    public String toString() {
        return "columns." + name + columns + (whereverPresent ? " where present" : "");
    }
}
