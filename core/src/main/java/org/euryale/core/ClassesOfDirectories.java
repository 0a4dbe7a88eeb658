package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Where Jython looks for a Java class in a directory of {@code sys.path} it opens the file, and hears by an exception that
 * there is none, as there is for no Python module. It asks first now.
 */
final class ClassesOfDirectories implements Mend {
    private static final String STREAM = "java/io/FileInputStream";

    @Override
    public String target() {
        return "org/python/core/SyspathJavaLoader";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode bytes = Mend.method(target, "getBytesFromDir", "(Ljava/lang/String;Ljava/lang/String;)[B");
        for (AbstractInsnNode instruction : bytes.instructions) {
            // getBytesFromInputStream(new FileInputStream(file), (int) file.length()), with this on the stack already
            if (instruction instanceof TypeInsnNode stream
                    && stream.desc.equals(STREAM)
                    && stream.getNext().getNext() instanceof VarInsnNode file
                    && stream.getPrevious() instanceof VarInsnNode self) {
                LabelNode there = new LabelNode();
                InsnList ask = new InsnList();
                ask.add(new VarInsnNode(Opcodes.ALOAD, file.var));
                ask.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, "java/io/File", "exists", "()Z", false));
                ask.add(new JumpInsnNode(Opcodes.IFNE, there));
                ask.add(new InsnNode(Opcodes.ACONST_NULL));
                ask.add(new InsnNode(Opcodes.ARETURN));
                ask.add(there);
                bytes.instructions.insertBefore(self, ask);
                return;
            }
        }
        throw new IllegalStateException(
                target.name + "." + bytes.name + " opens no file; is this another version of Jython?");
    }
}
