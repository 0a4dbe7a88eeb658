package org.euryale.tls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** This module is plain Java on the JDK alone: no Python, no library, no socket. */
class ArchitectureTest {
    /** What is compiled from src/main, and no test. */
    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(CipherTable.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void theRulesAreAboutThisModule() {
        assertThat(MAIN.contain(CipherTable.class)).isTrue();
        assertThat(MAIN.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void nothingButTheJdkIsUsed() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.euryale.tls",
                        "java..",
                        "javax.net.ssl",
                        "javax.crypto..",
                        "javax.security..",
                        "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void itTalksToMemoryOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.channels..")
                .orShould()
                .accessClassesThat() // JSSE's interfaces name sockets; nobody calls one
                .belongToAnyOf(Socket.class, ServerSocket.class)
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
