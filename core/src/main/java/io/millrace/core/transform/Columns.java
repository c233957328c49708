// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Column;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Transforms that edit columns, in the row before and the row after alike. Names are case-sensitive,
 * and a record of a table that lacks a column which is named fails: a column that was renamed must not
 * get past a mask unnoticed. Limit a transform to the tables that it is meant for by
 * {@link Transform#onlyFor}.
 */
public final class Columns {

    private static final String HMAC = "HmacSHA256";

    private Columns() {}

    /** {@return the transform that leaves these columns out} A table that loses a part of its primary key has none. */
    public static Transform drop(String... columns) {
        return of("drop", List.of(columns), row -> without(row, Set.of(columns)));
    }

    /** {@return the transform that leaves all other columns out} */
    public static Transform keep(String... columns) {
        Set<String> kept = Set.of(columns);
        return of("keep", List.of(columns), row -> {
            Set<String> others = new LinkedHashSet<>();
            row.schema().columns().stream()
                    .map(Column::name)
                    .filter(name -> !kept.contains(name))
                    .forEach(others::add);
            return without(row, others);
        });
    }

    private static RowImage without(RowImage row, Set<String> columns) {
        RowImage fewer = row;
        for (String column : columns) {
            fewer = fewer.without(column);
        }
        return fewer;
    }

    /** {@return the transform that gives columns other names: old names to new ones} */
    public static Transform rename(Map<String, String> names) {
        Map<String, String> copy = Map.copyOf(names);
        return of("rename", List.copyOf(copy.keySet()), row -> {
            RowImage renamed = row;
            for (Map.Entry<String, String> name : copy.entrySet()) {
                renamed = renamed.rename(name.getKey(), name.getValue());
            }
            return renamed;
        });
    }

    /** {@return the transform that shows {@code text} in the place of values; null stays null} */
    public static Transform mask(String text, String... columns) {
        Objects.requireNonNull(text, "text");
        return ofValues("mask", List.of(columns), (row, column) -> text);
    }

    /**
     * {@return the transform that shows, in the place of values, their keyed hash: HMAC with SHA-256, as 64
     * hexadecimal digits; null stays null} Equal values have equal hashes, so they can still be joined and
     * counted; without the key they cannot be found by trying, as they could from a plain hash.
     *
     * @param key the secret, at least 16 bytes
     * @throws IllegalArgumentException if the key is shorter
     */
    public static Transform hash(byte[] key, String... columns) {
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
    public static Transform set(String column, @Nullable Object value) {
        return of("set", List.of(), row -> row.with(column, value));
    }

    private interface Value {
        Object of(RowImage row, String column);
    }

    private static Transform ofValues(String name, List<String> columns, Value value) {
        return of(name, columns, row -> {
            RowImage edited = row;
            for (String column : columns) {
                if (row.has(column) && row.get(column) != null) {
                    edited = edited.with(column, value.of(row, column));
                }
            }
            return edited;
        });
    }

    private static Transform of(String name, List<String> columns, UnaryOperator<RowImage> edit) {
        return new Edit(name, columns, Transform.rows(row -> {
            require(row.schema(), columns);
            return edit.apply(row);
        }));
    }

    private static void require(TableSchema schema, List<String> columns) {
        for (String column : columns) {
            schema.require(column);
        }
    }

    /** An edit with a name for messages. */
    private record Edit(String name, List<String> columns, Transform transform) implements Transform {

        @Override
        public void apply(Record record, Consumer<Record> out) {
            transform.apply(record, out);
        }

        @Override
        public String toString() {
            return "columns." + name + columns;
        }
    }
}
