package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Functions and classes are pickled by their names. Whether the name leads back to them is asked of {@code PickledNames},
 * which Jython's cPickle does not do: what it writes of a lambda cannot be read.
 */
final class PickledByName implements Mend {
    private static final String NAMES = "org/euryale/jython/PickledNames";
    private static final String OBJECT = "Lorg/python/core/PyObject;";

    @Override
    public String target() {
        return "org/python/modules/cPickle$Pickler";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode known = Mend.method(target, "save_type", "(" + OBJECT + "Lorg/python/core/PyType;)Z");
        InsnList lost = new InsnList();
        LabelNode end = new LabelNode();
        lost.add(new VarInsnNode(Opcodes.ALOAD, 1));
        lost.add(new MethodInsnNode(Opcodes.INVOKESTATIC, NAMES, "isLostFunction", "(" + OBJECT + ")Z", false));
        lost.add(new JumpInsnNode(Opcodes.IFEQ, end));
        lost.add(new InsnNode(Opcodes.ICONST_0)); // no type that is known here: copy_reg's turn
        lost.add(new InsnNode(Opcodes.IRETURN));
        lost.add(end);
        known.instructions.insert(lost);
        MethodNode save = Mend.method(target, "save_global", "(" + OBJECT + OBJECT + ")V");
        for (AbstractInsnNode instruction : save.instructions) {
            // The module and the name are known, and nothing is written yet.
            if (instruction instanceof FieldInsnNode field && field.name.equals("protocol")) {
                InsnList check = new InsnList();
                check.add(new VarInsnNode(Opcodes.ALOAD, 1));
                check.add(new VarInsnNode(Opcodes.ALOAD, 3));
                check.add(new VarInsnNode(Opcodes.ALOAD, 2));
                check.add(new MethodInsnNode(
                        Opcodes.INVOKESTATIC, NAMES, "check", "(" + OBJECT + OBJECT + OBJECT + ")V", false));
                save.instructions.insertBefore(field.getPrevious(), check);
                return;
            }
        }
        throw new IllegalStateException(
                target.name + "." + save.name + " asks for no protocol; is this another version of Jython?");
    }
}
