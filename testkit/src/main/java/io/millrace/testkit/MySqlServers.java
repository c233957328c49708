// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Runs a parameterized class or test once for each of these releases, with the {@link MySqlServer} that all tests of
 * this JVM share. Arguments must not be closed: {@code @ParameterizedClass(autoCloseArguments = false)}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(MySqlServers.Provider.class)
public @interface MySqlServers {

    MySqlRelease[] value();

    /** Hands out the servers. */
    final class Provider implements ArgumentsProvider, AnnotationConsumer<MySqlServers> {

        private MySqlRelease[] releases = {};

        @Override
        public void accept(MySqlServers annotation) {
            releases = annotation.value();
        }

        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Arrays.stream(releases)
                    .map(release -> Arguments.of(Named.of(release.name(), MySqlExtension.shared(context, release))));
        }
    }
}
