// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.component.CheckpointStoreProvider;
import io.millrace.core.component.CollectorProvider;
import io.millrace.core.component.ComponentProvider;
import io.millrace.core.component.DispatcherProvider;
import io.millrace.core.component.TransformerProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The providers of components that are on the class path, by kind and type. */
final class Components {

    private static final List<Class<? extends ComponentProvider>> KINDS = List.of(
            CollectorProvider.class,
            TransformerProvider.class,
            DispatcherProvider.class,
            CheckpointStoreProvider.class);

    private final Map<Class<?>, Map<String, ComponentProvider>> byKind = new LinkedHashMap<>();

    private Components() {}

    /**
     * {@return what the class loader finds}
     *
     * @throws IllegalStateException if two providers of a kind make the same type
     */
    static Components load(ClassLoader loader) {
        Components components = new Components();
        for (Class<? extends ComponentProvider> kind : KINDS) {
            Map<String, ComponentProvider> types = new LinkedHashMap<>();
            for (ComponentProvider provider : ServiceLoader.load(kind, loader)) {
                for (String type : provider.types()) {
                    ComponentProvider other = types.put(type, provider);
                    if (other != null) {
                        throw new IllegalStateException(
                                "type %s is made by both %s and %s; take one from the class path"
                                        .formatted(
                                                type,
                                                other.getClass().getName(),
                                                provider.getClass().getName()));
                    }
                }
            }
            components.byKind.put(kind, types);
        }
        return components;
    }

    /** {@return the provider of such components of the type; null if there is none} */
    <P extends ComponentProvider> @Nullable P find(Class<P> kind, String type) {
        ComponentProvider provider = of(kind).get(type);
        return provider == null ? null : kind.cast(provider);
    }

    Set<String> types(Class<? extends ComponentProvider> kind) {
        return of(kind).keySet();
    }

    private Map<String, ComponentProvider> of(Class<?> kind) {
        return byKind.getOrDefault(kind, Map.of());
    }
}
