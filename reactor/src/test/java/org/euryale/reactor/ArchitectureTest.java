package org.euryale.reactor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** This module is plain Java on posix: no Python, no channel or selector of its own, no clock but its host's. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(Reactor.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void theRulesAreAboutThisModule() {
        assertThat(MAIN.contain(StreamTransport.class)).isTrue();
        assertThat(MAIN.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void nothingButPosixAndTheJdkIsUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.euryale.reactor",
                        "org.euryale.posix",
                        "java.lang..",
                        "java.util..",
                        "java.nio",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void nobodySleepsOrLooksAtTheClock() {
        noClasses().should().callMethod(System.class, "nanoTime").check(MAIN);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(MAIN);
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(MAIN);
    }
}
