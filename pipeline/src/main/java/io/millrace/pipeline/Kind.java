// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.component.CollectorProvider;
import io.millrace.core.component.ComponentProvider;
import io.millrace.core.component.DispatcherProvider;
import io.millrace.core.component.TransformerProvider;

/** The kinds of components of a file, in the order of its sections. */
enum Kind {
    COLLECTOR("collectors", CollectorProvider.class),
    TRANSFORMER("transformers", TransformerProvider.class),
    DISPATCHER("dispatchers", DispatcherProvider.class);

    private final String section;
    private final Class<? extends ComponentProvider> provider;

    Kind(String section, Class<? extends ComponentProvider> provider) {
        this.section = section;
        this.provider = provider;
    }

    /** {@return the key below which the file lists them} */
    String section() {
        return section;
    }

    Class<? extends ComponentProvider> provider() {
        return provider;
    }

    /** {@return whether it leads to others} */
    boolean leadsOn() {
        return this != DISPATCHER;
    }

    /** {@return the word for messages} */
    String word() {
        return section.substring(0, section.length() - 1);
    }
}
