// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.component;

import io.millrace.core.Processor;
import io.millrace.core.Target;
import java.util.List;

/** A source whose settings have been checked, before it is known which targets it feeds. */
@FunctionalInterface
public interface Collector {

    /** {@return the processor that feeds these targets} It must not connect before it runs. */
    Processor processor(List<? extends Target> targets);
}
