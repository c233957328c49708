// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import org.junit.jupiter.api.Test;

class InMemoryCheckpointStoreTest extends CheckpointStoreKit {

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();

    @Override
    protected CheckpointStore store() {
        return store;
    }

    @Override
    protected boolean refusesSecondInstance() {
        return false;
    }

    @Test
    void shouldRefuseAnotherPipeline() {
        store.open("orders");

        assertThatThrownBy(() -> store.open("invoices"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("orders", "invoices");
    }

    @Test
    void shouldRefuseToBeOpenedWhileAPipelineHasIt() {
        store.open("orders");

        assertThatThrownBy(() -> store.open("orders"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("orders");
        store.close();
        store.open("orders");
    }
}
