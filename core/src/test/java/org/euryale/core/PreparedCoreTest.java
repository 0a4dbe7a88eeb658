package org.euryale.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;

/** What the mends do to Jython's own classes is tested on the launcher ({@code lib/tests/test_core.py}). */
class PreparedCoreTest {
    private static final String COMPARE = "(Lorg/python/core/PyObject;)I";

    @TempDir
    Path directory;

    @Test
    void mendTakesTheComparisonOut() throws IOException {
        ClassNode mended = new ClassNode();
        new ClassReader(mended(classWith("__cmp__", COMPARE), new ClassicClassIdentity())).accept(mended, 0);
        assertThat(mended.methods).isEmpty();
    }

    @Test
    void classThatIsNotTheExpectedOneIsNamed() {
        byte[] other = classWith("__cmp__", "(I)I");
        assertThatThrownBy(() -> mended(other, new ClassicClassIdentity()))
                .hasMessageContaining("org/python/core/PyClass has no __cmp__");
        byte[] silent = classWith("handleSystemExit", "(Lorg/python/core/PyException;)V");
        assertThatThrownBy(() -> mended(silent, new ExitMessageToStderr())).hasMessageContaining("prints nothing");
        for (Mend mend : List.of(
                new ArgumentsInTuple(),
                new ClassesOfDirectories(),
                new FieldsWithoutNames(),
                new FileReadsAsBytes(),
                new FinishedGenerators(),
                new FlagsOfCode(),
                new FormatOfMapping(),
                new FramesOfHandlers(),
                new ImporterCacheForDirectories(),
                new LazyLocales(),
                new LazyNativePosix(),
                new LibraryFromClasses(),
                new MethodCacheSize(),
                new MethodRepr(),
                new MissedSubmodules(),
                new PackagesOfOtherNames(),
                new PathItemsOfDirectories(),
                new PickledByName(),
                new SourceFileName(),
                new ThrownIntoGenerators(),
                new UnsetExceptionMembers())) {
            assertThatThrownBy(() -> mended(other, mend)).hasMessageContaining("another version of Jython");
        }
        Stream.concat(CodeOfImports.everywhere(), ReprGuard.everywhere())
                .forEach(mend -> assertThatThrownBy(() -> mended(other, mend))
                        .hasMessageContaining("another version of Jython"));
        byte[] unguarded = classWith("list_toString", "()Ljava/lang/String;");
        assertThat(ReprGuard.everywhere()
                        .filter(mend -> mend.target().endsWith("/PyList"))
                        .toList())
                .singleElement()
                .satisfies(mend ->
                        assertThatThrownBy(() -> mended(unguarded, mend)).hasMessageContaining("has no enterRepr"));
    }

    @Test
    void jarThatIsNotJythonsLeavesNothingBehind() throws IOException {
        Path jar = directory.resolve("other.jar");
        try (ZipOutputStream other = new ZipOutputStream(Files.newOutputStream(jar))) {
            other.putNextEntry(new ZipEntry("Lib/os.py"));
        }
        Path prepared = directory.resolve("lib").resolve("prepared.jar");
        assertThatThrownBy(() -> PreparedCore.make(jar, prepared))
                .hasMessageContaining("other.jar has no [")
                .hasMessageContaining("org/python/core/PyClass.class");
        assertThat(prepared.getParent()).isEmptyDirectory();
    }

    private byte[] mended(byte[] classFile, Mend mend) throws IOException {
        try (ZipFile empty = TestJars.jar(directory)) {
            return PreparedCore.mended(classFile, List.of(mend), new Hierarchy(empty));
        }
    }

    private static byte[] classWith(String method, String descriptor) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(
                Opcodes.V1_8, Opcodes.ACC_ABSTRACT, "org/python/core/PyClass", null, "java/lang/Object", new String[0]);
        writer.visitMethod(Opcodes.ACC_ABSTRACT, method, descriptor, null, null).visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }
}
