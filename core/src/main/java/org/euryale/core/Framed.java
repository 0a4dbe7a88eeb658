package org.euryale.core;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Writes class files of Java 8 with stack map frames.
 *
 * <p>Jython's compiler, and a third of Jython's own classes, are of Java 5 and 6: the JVM verifies those by inferring
 * types, which is slow, and takes none of version 49 or earlier, and none without frames, into a class data archive.
 */
final class Framed extends ClassWriter {
    /** The least version that is left as it is. */
    private static final int ENOUGH = Opcodes.V1_8;

    private static final int VERSION_AT = 6;

    private final Hierarchy hierarchy;

    Framed(Hierarchy hierarchy) {
        super(COMPUTE_FRAMES);
        this.hierarchy = hierarchy;
    }

    @Override
    protected String getCommonSuperClass(String one, String other) {
        return hierarchy.common(one, other);
    }

    /** The class file, written anew if it is older than Java 8. */
    static byte[] of(byte[] classFile, Hierarchy hierarchy) {
        int major = (classFile[VERSION_AT] & 0xff) << 8 | (classFile[VERSION_AT + 1] & 0xff);
        if (major >= ENOUGH) {
            return classFile;
        }
        Framed framed = new Framed(hierarchy);
        new ClassReader(classFile).accept(framed.raised(), ClassReader.SKIP_FRAMES);
        return framed.toByteArray();
    }

    /** What writes here what it is given, as a class of Java 8 at least. */
    ClassVisitor raised() {
        return new ClassVisitor(Opcodes.ASM9, this) {
            @Override
            public void visit(
                    int version, int access, String name, String signature, String superclass, String[] interfaces) {
                super.visit(Math.max(version & 0xffff, ENOUGH), access, name, signature, superclass, interfaces);
            }
        };
    }
}
