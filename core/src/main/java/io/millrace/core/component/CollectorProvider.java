// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.component;

import io.millrace.core.PipelineOptions;

/** Makes collectors: sources of changes. */
public non-sealed interface CollectorProvider extends ComponentProvider {

    /**
     * {@return the collector}
     *
     * @param pipeline what every pipeline has
     * @throws io.millrace.core.InvalidOptionsException with all that is wrong; reported at the settings concerned
     */
    Collector collector(Settings settings, PipelineOptions pipeline);
}
