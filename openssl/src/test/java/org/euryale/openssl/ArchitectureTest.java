package org.euryale.openssl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** This module is plain Java on tls and Bouncy Castle: no Python, no socket. */
class ArchitectureTest {
    /** What is compiled from src/main, and no test. */
    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(Certificate.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void theRulesAreAboutThisModule() {
        assertThat(MAIN.contain(Certificate.class)).isTrue();
        assertThat(MAIN.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void nothingElseIsUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.euryale.openssl",
                        "org.euryale.tls",
                        "org.bouncycastle..",
                        "java..",
                        "javax.crypto..",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void bouncyCastleIsNotGivenToOthers() {
        noClasses()
                .should()
                .callMethod(java.security.Security.class, "addProvider", java.security.Provider.class)
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
}
