package org.euryale.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Jars and class files to test with. */
final class TestJars {
    private TestJars() {}

    /** An entry of a jar. */
    static final class Entry {
        private final String name;
        private final byte[] content;

        Entry(String name, byte[] content) {
            this.name = name;
            this.content = content;
        }

        byte[] content() {
            return content;
        }
    }

    /** A jar in {@code directory} with these entries. */
    static ZipFile jar(Path directory, Entry... entries) throws IOException {
        Path jar = Files.createTempFile(directory, "test", ".jar");
        try (ZipOutputStream written = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Entry entry : entries) {
                written.putNextEntry(new ZipEntry(entry.name));
                written.write(entry.content);
            }
        }
        return new ZipFile(jar.toFile());
    }

    /** A class without methods. */
    static Entry empty(String name, String superclass, int access, String... interfaces) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V1_5, access | Opcodes.ACC_PUBLIC, name, null, superclass, interfaces);
        writer.visitEnd();
        return new Entry(name + ".class", writer.toByteArray());
    }

    /**
     * A class of Java 6 without frames, as Jython's compiler makes them, with a method {@code join} that takes one class
     * or the other on two ways that meet, and then needs what both extend.
     */
    static byte[] joining(String name, String one, String other, String common, String... interfaces) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V1_6, Opcodes.ACC_PUBLIC, name, null, Hierarchy.OBJECT, interfaces);
        MethodVisitor join = writer.visitMethod(
                Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
                "join",
                "(ZL%s;L%s;)L%s;".formatted(one, other, common),
                null,
                null);
        Label second = new Label();
        Label meet = new Label();
        join.visitCode();
        join.visitVarInsn(Opcodes.ILOAD, 0);
        join.visitJumpInsn(Opcodes.IFEQ, second);
        join.visitVarInsn(Opcodes.ALOAD, 1);
        join.visitJumpInsn(Opcodes.GOTO, meet);
        join.visitLabel(second);
        join.visitVarInsn(Opcodes.ALOAD, 2);
        join.visitLabel(meet);
        join.visitInsn(Opcodes.ARETURN);
        join.visitMaxs(0, 0);
        join.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** Defines classes by hand, which the JVM then verifies. */
    static final class Loader extends ClassLoader {
        Class<?> define(String name, byte[] classFile) {
            return defineClass(name.replace('/', '.'), classFile, 0, classFile.length);
        }
    }
}
