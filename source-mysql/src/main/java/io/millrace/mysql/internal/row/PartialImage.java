// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.io.ByteArrayOutputStream;

/**
 * Makes a whole row image of one in which JSON columns are logged as differences to the image before
 * ({@code binlog_row_value_options=PARTIAL_JSON}).
 */
final class PartialImage {

    private final RowDecoder decoder;
    private final RowLayout layout;
    private final byte[] event;
    private final RowsBody body;

    PartialImage(RowDecoder decoder, byte[] event, RowsBody body) {
        this.decoder = decoder;
        this.layout = decoder.layout();
        this.event = event;
        this.body = body;
    }

    /** @throws MalformedRowException if the differences cannot be applied */
    MySqlRow whole() {
        int begin = body.afterOffset();
        int at = begin + body.after.nullBytes();
        ByteArrayOutputStream image = new ByteArrayOutputStream(2 * (body.rowEnd() - begin));
        image.write(event, begin, at - begin);
        int bit = 0;
        for (int column = 0; column < layout.columns(); column++) {
            if (!body.after.has(column)) {
                continue;
            }
            boolean isNull = (event[begin + (bit >> 3)] >> (bit & 7) & 1) != 0;
            bit++;
            if (isNull) {
                continue;
            }
            int width = layout.widths()[column];
            int prefix = Math.max(0, -width);
            int length = width < 0 ? RowLayout.lengthAt(event, at, width) : width;
            if (body.isPartial(column)) {
                byte[] json = changed(column, at + prefix, length);
                for (int i = 0; i < prefix; i++) {
                    image.write(json.length >>> 8 * i);
                }
                image.writeBytes(json);
            } else {
                image.write(event, at, prefix + length);
            }
            at += prefix + length;
        }
        return new MySqlRow(decoder, image.toByteArray(), 0, image.size(), body.after);
    }

    private byte[] changed(int column, int differences, int length) {
        if (!body.before.has(column)) {
            throw unusable(
                    column,
                    "its update is logged as a difference to a value that is not logged. Where binlog_row_value_options is PARTIAL_JSON, binlog_row_image has to be FULL or NOBLOB");
        }
        int width = layout.widths()[column];
        int at = layout.valueAt(column, event, body.beforeOffset(), body.beforeEnd(), body.before);
        try {
            JsonDocument document = new JsonDocument(event, at - width, RowLayout.lengthAt(event, at, width));
            document.apply(event, differences, length);
            return document.toBytes();
        } catch (MalformedValueException e) {
            throw unusable(column, String.valueOf(e.getMessage()));
        }
    }

    private MalformedRowException unusable(int column, String problem) {
        return new MalformedRowException(
                "column %s of %s: %s".formatted(decoder.schema().column(column).name(), layout.table(), problem));
    }
}
