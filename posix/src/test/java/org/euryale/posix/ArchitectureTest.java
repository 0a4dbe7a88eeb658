package org.euryale.posix;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** This module is plain Java on the JDK alone: no Python, no library, no door around java.nio. */
class ArchitectureTest {
    /** What is compiled from src/main, and no test. */
    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(
                    DescriptorTable.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void theRulesAreAboutThisModule() {
        assertThat(MAIN.contain(StreamSocket.class)).isTrue();
        assertThat(MAIN.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void nothingButTheJdkIsUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.euryale.posix", "java..", "jdk.net", "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void nothingIsPrinted() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(MAIN);
    }

    /** A file never blocks: only pollers wait. */
    @Test
    void onlySocketsAndPipesSetTheModeOfAChannel() {
        noClasses()
                .that(not(equivalentTo(StreamSocket.class))
                        .and(not(equivalentTo(UnixStreamSocket.class)))
                        .and(not(equivalentTo(DatagramSocket.class)))
                        .and(not(equivalentTo(PipeEnd.class))))
                .should()
                .callMethodWhere(target(name("configureBlocking")))
                .check(MAIN);
        noClasses().should().callMethodWhere(target(name("sleep"))).check(MAIN);
    }
}
