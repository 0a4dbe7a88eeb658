package org.euryale.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.Opcodes;

class FramedTest {
    private static final TestJars.Entry BASE = TestJars.empty("p/Base", Hierarchy.OBJECT, 0);
    private static final TestJars.Entry LEFT = TestJars.empty("p/Left", "p/Base", 0);
    private static final TestJars.Entry RIGHT = TestJars.empty("p/Right", "p/Base", 0);
    private static final TestJars.Entry FACE =
            TestJars.empty("p/Face", Hierarchy.OBJECT, Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT);

    @TempDir
    Path directory;

    @Test
    void nearestCommonClass() throws IOException {
        try (ZipFile jar = TestJars.jar(directory, BASE, LEFT, RIGHT, FACE)) {
            Hierarchy hierarchy = new Hierarchy(jar);
            assertThat(hierarchy.common("p/Left", "p/Right")).isEqualTo("p/Base");
            assertThat(hierarchy.common("p/Left", "p/Base")).isEqualTo("p/Base");
            assertThat(hierarchy.common("p/Left", "p/Left")).isEqualTo("p/Left");
            assertThat(hierarchy.common("p/Left", "p/Face")).isEqualTo(Hierarchy.OBJECT);
            assertThat(hierarchy.common("p/Left", "no/Such")).isEqualTo(Hierarchy.OBJECT);
            assertThat(hierarchy.common("java/util/ArrayList", "java/util/Vector"))
                    .isEqualTo("java/util/AbstractList");
        }
    }

    /** The new verifier takes the class as it is written here, and only with frames that name what the ways have in common. */
    @Test
    void framesAreVerified() throws Exception {
        byte[] old = TestJars.joining("p/Join", "p/Left", "p/Right", "p/Base");
        assertThat(major(old)).isEqualTo(50);
        try (ZipFile jar = TestJars.jar(directory, BASE, LEFT, RIGHT)) {
            byte[] framed = Framed.of(old, new Hierarchy(jar));
            assertThat(major(framed)).isEqualTo(52);
            assertThat(join(framed)).isNotNull();
        }
        try (ZipFile without = TestJars.jar(directory)) {
            byte[] wrong = Framed.of(old, new Hierarchy(without));
            assertThatThrownBy(() -> join(wrong)).isInstanceOf(VerifyError.class);
        }
    }

    @Test
    void whatIsNewEnoughStays() throws IOException {
        try (ZipFile jar = TestJars.jar(directory, BASE)) {
            byte[] framed = Framed.of(BASE.content(), new Hierarchy(jar));
            assertThat(Framed.of(framed, new Hierarchy(jar))).isSameAs(framed);
        }
    }

    private static int major(byte[] classFile) {
        return classFile[7];
    }

    /** The result of the method, for which the JVM verifies the class. */
    private static Object join(byte[] classFile) throws Exception {
        TestJars.Loader loader = new TestJars.Loader();
        Class<?> base = loader.define("p/Base", BASE.content());
        Class<?> left = loader.define("p/Left", LEFT.content());
        Class<?> right = loader.define("p/Right", RIGHT.content());
        Class<?> joining = loader.define("p/Join", classFile);
        Object result = joining.getMethod("join", boolean.class, left, right).invoke(null, false, null, null);
        return result == null ? base : result;
    }
}
