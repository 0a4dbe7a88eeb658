package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Whenever Jython looks for a Java class, which an import of a Python module does many times, it finds anew that each
 * directory of {@code sys.path} is no archive, and tells itself by an exception. The trace of Java frames in it, which
 * nobody reads, was a thirtieth of the start of a server of Twisted's. It has none now.
 */
final class PathItemsOfDirectories implements Mend {
    private static final String EXCEPTION = "java/io/IOException";
    private static final String WITHOUT_TRACE = "org/euryale/jython/NoArchiveException";

    @Override
    public String target() {
        return "org/python/core/SyspathArchive";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode from = Mend.method(target, "fromPath", "(Ljava/lang/String;)Lorg/python/core/SyspathArchive;");
        boolean made = false;
        for (AbstractInsnNode instruction : from.instructions) {
            if (instruction instanceof TypeInsnNode type
                    && type.getOpcode() == Opcodes.NEW
                    && type.desc.equals(EXCEPTION)) {
                type.desc = WITHOUT_TRACE;
            } else if (instruction instanceof MethodInsnNode call && call.owner.equals(EXCEPTION)) {
                call.owner = WITHOUT_TRACE;
                made = true;
            }
        }
        if (!made) {
            throw new IllegalStateException(
                    target.name + "." + from.name + " throws otherwise; is this another version of Jython?");
        }
    }
}
