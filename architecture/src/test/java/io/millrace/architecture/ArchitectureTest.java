// SPDX-License-Identifier: Apache-2.0
package io.millrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMembers;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may know whom, and what every class keeps to. Each rule's "because" says what to do instead. */
class ArchitectureTest {
    private static final JavaClasses MILLRACE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace");

    @Nested
    class Arrows {
        @Test
        void shouldKeepCoreFreeOfAllButTheJdkSlf4jAndJackson() {
            check(classes()
                    .that()
                    .resideInAPackage(Module.CORE.packages())
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "java..",
                            "javax..",
                            "org.slf4j..",
                            "org.jspecify.annotations..",
                            "com.fasterxml.jackson..",
                            Module.CORE.packages())
                    .because("whatever core needs is forced upon every user; move the class into the module of the"
                            + " source or target that needs the library, behind an interface of core"));
        }

        @ParameterizedTest
        @EnumSource
        void shouldKnowOnlyTheModulesItIsMeantToKnow(Module module) {
            check(noClasses()
                    .that()
                    .resideInAPackage(module.packages())
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("io.millrace..").and(resideOutsideOfPackages(module.usable())))
                    .because("a user takes a source without any target and a target without any source; what two"
                            + " modules share belongs to core"));
        }

        @ParameterizedTest
        @EnumSource
        void shouldKeepItsInternalsToItself(Module module) {
            check(noClasses()
                    .that()
                    .resideOutsideOfPackage(module.packages())
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(module.internals())
                    .because("internal packages change without notice; if another module needs the class, give it a"
                            + " documented place outside internal, or offer what it does through the API"));
        }

        @Test
        void shouldHaveAPlaceInTheTableForEveryModule() {
            check(classes()
                    .should()
                    .resideInAnyPackage(Module.all())
                    .because("a package that no module claims escapes all rules; add the module to Module.java"));
        }
    }

    @Nested
    class Packages {
        @Test
        void shouldEachLiveInOneModule() {
            Map<String, Set<String>> homes = MILLRACE.stream()
                    .collect(groupingBy(
                            JavaClass::getPackageName, TreeMap::new, mapping(ArchitectureTest::home, toSet())));

            assertThat(homes)
                    .as("a package in two jars cannot be a module's and hides package-private classes from readers;"
                            + " move the classes below the root package of their own module")
                    .allSatisfy((name, places) -> assertThat(places).hasSize(1));
        }

        @Test
        void shouldEachBeNullMarked() {
            Set<String> marked = MILLRACE.stream()
                    .filter(type -> type.getSimpleName().equals("package-info"))
                    .filter(Conditions.nullMarked())
                    .map(JavaClass::getPackageName)
                    .collect(toSet());

            check(classes()
                    .that()
                    .resideInAnyPackage(Module.published())
                    .should(be(describe(
                            "in a package whose package-info.java says @NullMarked",
                            type -> marked.contains(type.getPackageName()))))
                    .because("the compiler checks null only where the package asks for it; add a package-info.java"
                            + " with a sentence on the package's step and @NullMarked"));
        }
    }

    @Nested
    class Api {
        @Test
        void shouldBeClosedToSubclassesUnlessDesignedForThem() {
            check(classes()
                    .that()
                    .arePublic()
                    .and()
                    .resideInAnyPackage(Module.published())
                    .and()
                    .areNotAssignableTo("io.millrace.core.Processor")
                    .and()
                    .areNotAssignableTo(Throwable.class)
                    .should(be(Conditions.closedToSubclasses()))
                    .because("every class that can be extended is a promise; make it final, or abstract with hooks"
                            + " that are documented (processors and exceptions are open by design)"));
        }

        @Test
        void shouldNotShowInternalTypes() {
            check(noMembers()
                    .that(Conditions.visibleToUsers())
                    .should(Conditions.mentionInternalTypes())
                    .because("a user who calls this must be able to name all of its types; make the member"
                            + " package-private, or give the type a place outside internal"));
        }
    }

    @Nested
    class Libraries {
        @Test
        void shouldNotPrint() {
            check(noClasses()
                    .that()
                    .resideInAnyPackage(Module.libraries())
                    .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                    .because("the console belongs to the application; log through SLF4J, or throw"));
        }

        @Test
        void shouldNotPrintStackTraces() {
            check(noClasses()
                    .that()
                    .resideInAnyPackage(Module.libraries())
                    .should()
                    .callMethodWhere(target(name("printStackTrace")).and(target(owner(assignableTo(Throwable.class)))))
                    .because("the console belongs to the application; hand the exception to SLF4J as last argument"));
        }

        @Test
        void shouldNotSleep() {
            check(noClasses()
                    .that()
                    .resideInAnyPackage(Module.libraries())
                    .should()
                    .callMethodWhere(target(name("sleep"))
                            .and(target(owner(assignableTo(Thread.class).or(assignableTo(TimeUnit.class))))))
                    .because("close() must end every wait at once; wait on a condition or latch with a timeout"));
        }
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MILLRACE);
    }

    /** The directory or jar that the class was read from. */
    private static String home(JavaClass type) {
        String uri = type.getSource().orElseThrow().getUri().toString();
        return uri.substring(0, uri.length() - (type.getName() + ".class").length());
    }
}
