// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static org.awaitility.Awaitility.await;

import io.millrace.core.RowImage;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class HashFieldsTest {

    private final HashFields fields = new HashFields(Pipelines.ORDERS);

    /** There is one for each table, and a row may be as large as the server allows. */
    @Test
    void shouldHoldNothingOfARowThatWasWritten() {
        WeakReference<RowImage> row = written();

        await().until(() -> {
            System.gc();
            return row.get() == null;
        });
    }

    private WeakReference<RowImage> written() {
        RowImage row = Pipelines.order(1, "a", null);
        fields.text(row, 0);
        fields.write(row, new Call(new byte[0]));
        return new WeakReference<>(row);
    }
}
