// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.component;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;

/** Makes dispatchers: targets. Called once for each collector that leads to the dispatcher. */
public non-sealed interface DispatcherProvider extends ComponentProvider {

    /** Sets what is usual for these targets and differs from the defaults of {@link TargetOptions}; the file may differ. */
    default void defaults(Settings settings, TargetOptions.Builder target) {}

    /**
     * {@return the target} It must not connect before it is opened.
     *
     * @param target has the name, the transforms and what the key {@code target} sets
     * @throws io.millrace.core.InvalidOptionsException with all that is wrong; reported at the settings concerned
     */
    Target dispatcher(Settings settings, TargetOptions target);
}
