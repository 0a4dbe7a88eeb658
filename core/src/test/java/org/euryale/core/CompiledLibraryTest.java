package org.euryale.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;

class CompiledLibraryTest {
    private static final byte[] SOURCE = "x = 1\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    @Test
    void modulesGetAPackageOfTheirOwn() throws IOException {
        Path library = directory.resolve("library.jar");
        try (ZipFile jython = TestJars.jar(
                directory,
                new TestJars.Entry("Lib/plain.py", SOURCE),
                new TestJars.Entry("Lib/plain$py.class", module("plain$py")),
                new TestJars.Entry("Lib/a/__init__.py", SOURCE),
                new TestJars.Entry("Lib/a/__init__$py.class", module("a$py")),
                new TestJars.Entry("Lib/a/b.py", SOURCE),
                new TestJars.Entry("Lib/a/b$py.class", module("a/b$py")),
                new TestJars.Entry("Lib/sourceless$py.class", module("sourceless$py")),
                new TestJars.Entry("Lib/large.py", SOURCE),
                new TestJars.Entry("Lib/large$py.class", module("large$py", "org/python/core/ContainsPyBytecode")),
                new TestJars.Entry("other/module$py.class", module("module$py")))) {
            CompiledLibrary.main(new String[] {jython.getName(), library.toString()});
        }
        try (ZipFile made = new ZipFile(library.toFile())) {
            assertThat(Collections.list(made.entries()).stream().map(ZipEntry::getName))
                    .containsExactlyInAnyOrder(
                            "org/euryale/library/plain$py.class",
                            "org/euryale/library/a$py.class",
                            "org/euryale/library/a/b$py.class",
                            "org/euryale/library/index");
            CRC32 crc = new CRC32();
            crc.update(SOURCE);
            String source = " %08x %d".formatted(crc.getValue(), SOURCE.length);
            assertThat(List.of(text(made, "org/euryale/library/index").split("\n", -1)))
                    .containsExactlyInAnyOrder("plain" + source, "a" + source, "a.b" + source);
            ClassReader moved = new ClassReader(made.getInputStream(made.getEntry("org/euryale/library/a/b$py.class")));
            assertThat(moved.getClassName()).isEqualTo("org/euryale/library/a/b$py");
        }
    }

    private static String text(ZipFile jar, String name) throws IOException {
        return new String(jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }

    private static byte[] module(String name, String... interfaces) {
        return TestJars.joining(name, name, name, Hierarchy.OBJECT, interfaces);
    }
}
