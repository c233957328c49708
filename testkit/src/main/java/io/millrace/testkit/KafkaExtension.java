// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the {@link KafkaBroker} that all tests of this JVM share to test methods that have a
 * parameter of that type. Use topics of your own in it.
 */
public final class KafkaExtension implements ParameterResolver {

    /** A broker that stood still for longer leaves transactions hanging, for all tests that come later. */
    private static final String STANDSTILL_MS = "30000";

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(KafkaExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == KafkaBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(KafkaBroker.class, key -> started(), KafkaBroker.class);
    }

    private static KafkaBroker started() {
        try {
            return KafkaBroker.builder()
                    .property("broker.session.timeout.ms", STANDSTILL_MS)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
