package org.euryale.core;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * What {@code file} reads are bytes, of which Jython makes characters below 256; and then it looks at each of them again,
 * whether it is one. Here it says that they are, by the constructor that Jython has for those who know.
 */
final class FileReadsAsBytes implements Mend {
    private static final String STRING = "org/python/core/PyString";
    private static final String OF_STRING = "(Ljava/lang/String;)V";

    /** Not of {@code write()}, whose characters are the program's. */
    private static final List<String> READERS =
            List.of("file_read", "file_readline", "file_readlines", "file___iternext__");

    @Override
    public String target() {
        return "org/python/core/PyFile";
    }

    @Override
    public void apply(ClassNode target) {
        int mended = 0;
        for (MethodNode method : target.methods) {
            if (READERS.contains(method.name)) {
                mended += mend(method);
            }
        }
        if (mended != READERS.size()) {
            throw new IllegalStateException(target.name + " reads otherwise; is this another version of Jython?");
        }
    }

    private static int mend(MethodNode method) {
        int mended = 0;
        for (AbstractInsnNode instruction : method.instructions) {
            if (instruction instanceof MethodInsnNode made
                    && made.getOpcode() == Opcodes.INVOKESPECIAL
                    && made.owner.equals(STRING)
                    && made.desc.equals(OF_STRING)) {
                method.instructions.insertBefore(made, new InsnNode(Opcodes.ICONST_1));
                made.desc = "(Ljava/lang/String;Z)V";
                mended++;
            }
        }
        return mended;
    }
}
