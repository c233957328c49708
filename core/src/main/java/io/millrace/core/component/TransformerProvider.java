// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.component;

import io.millrace.core.transform.Transform;

/** Makes transformers: steps between a collector and dispatchers. */
public non-sealed interface TransformerProvider extends ComponentProvider {

    /**
     * {@return the transform}
     *
     * @throws io.millrace.core.InvalidOptionsException with all that is wrong; reported at the settings concerned
     */
    Transform transformer(Settings settings);
}
