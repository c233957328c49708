// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.component;

import java.util.List;

/**
 * Makes components of one kind. Name an implementation, a public class with a public constructor without
 * parameters, in {@code META-INF/services} under the name of the interface for its kind.
 */
public sealed interface ComponentProvider
        permits CollectorProvider, TransformerProvider, DispatcherProvider, CheckpointStoreProvider {

    /** {@return the names of the types that it makes, as files write them} Must not be those of another provider. */
    List<String> types();
}
