// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the {@link MySqlServer} of MySQL 8.0 that all tests of this JVM share to test methods that have a parameter
 * of that type. Make a database of your own in it: {@link MySqlServer#createDatabase()}.
 */
public final class MySqlExtension implements ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(MySqlExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == MySqlServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return shared(context, MySqlRelease.MYSQL_8_0);
    }

    static MySqlServer shared(ExtensionContext context, MySqlRelease release) {
        return context.getRoot().getStore(NAMESPACE).computeIfAbsent(release, key -> started(key), MySqlServer.class);
    }

    private static MySqlServer started(MySqlRelease release) {
        try {
            return MySqlServer.builder(release).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
