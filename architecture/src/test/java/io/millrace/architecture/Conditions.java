// SPDX-License-Identifier: Apache-2.0
package io.millrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** What ArchUnit has no words for. */
final class Conditions {
    private Conditions() {}

    static DescribedPredicate<JavaClass> closedToSubclasses() {
        return describe(
                "final, abstract or sealed",
                type -> type.isInterface()
                        || type.isEnum()
                        || type.getModifiers().contains(JavaModifier.FINAL)
                        || type.getModifiers().contains(JavaModifier.ABSTRACT)
                        || type.reflect().isSealed());
    }

    /** Public with all classes around it, and not in an internal package: what users can name. */
    static DescribedPredicate<JavaClass> partOfTheApi() {
        return describe(
                "part of the API",
                type -> !resideInAPackage("..internal..").test(type)
                        && Stream.iterate(
                                        type,
                                        around -> around != null,
                                        around -> around.getEnclosingClass().orElse(null))
                                .allMatch(around -> around.getModifiers().contains(JavaModifier.PUBLIC)));
    }

    static DescribedPredicate<JavaMember> visibleToUsers() {
        return describe(
                "are visible to users",
                member -> partOfTheApi().test(member.getOwner())
                        && (member.getModifiers().contains(JavaModifier.PUBLIC)
                                || member.getModifiers().contains(JavaModifier.PROTECTED)));
    }

    static ArchCondition<JavaMember> mentionInternalTypes() {
        return new ArchCondition<>("mention internal types") {
            @Override
            public void check(JavaMember member, ConditionEvents events) {
                member.getAllInvolvedRawTypes().stream()
                        .filter(resideInAPackage("..internal.."))
                        .forEach(type -> events.add(SimpleConditionEvent.satisfied(
                                member, member.getFullName() + " mentions " + type.getName())));
            }
        };
    }

    static DescribedPredicate<CanBeAnnotated> nullMarked() {
        return CanBeAnnotated.Predicates.annotatedWith("org.jspecify.annotations.NullMarked");
    }
}
