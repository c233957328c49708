// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.component;

import io.millrace.core.checkpoint.CheckpointStore;

/** Makes places where pipelines keep their checkpoints. */
public non-sealed interface CheckpointStoreProvider extends ComponentProvider {

    /**
     * {@return the store} It must not connect before it is opened.
     *
     * @throws io.millrace.core.InvalidOptionsException with all that is wrong; reported at the settings concerned
     */
    CheckpointStore store(Settings settings);
}
