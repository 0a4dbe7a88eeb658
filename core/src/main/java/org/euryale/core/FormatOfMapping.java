package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * {@code '%s %s' % {}} has one argument too few (getnextarg in CPython's stringobject.c). Jython shows the dictionary
 * twice: what a mapping brings, itself or an item, is never used up. Here it is, by the first that takes it.
 */
final class FormatOfMapping implements Mend {
    private static final int MAPPING = -3;
    private static final String ARGUMENT = "Lorg/python/core/PyObject;";

    @Override
    public String target() {
        return "org/python/core/StringFormatter";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode next = Mend.method(target, "getarg", "()" + ARGUMENT);
        TableSwitchInsnNode kinds = null;
        for (AbstractInsnNode instruction : next.instructions) {
            if (instruction instanceof TableSwitchInsnNode found && found.min == MAPPING) {
                kinds = found;
            } else if (kinds != null && instruction.getOpcode() == Opcodes.ARETURN) {
                InsnList use = new InsnList();
                use.add(new VarInsnNode(Opcodes.ASTORE, 1));
                use.add(new VarInsnNode(Opcodes.ALOAD, 0));
                use.add(new InsnNode(Opcodes.ACONST_NULL));
                use.add(new FieldInsnNode(Opcodes.PUTFIELD, target.name, "args", ARGUMENT));
                // Where the argument of a format with one is used up: a null is an error there.
                use.add(new JumpInsnNode(Opcodes.GOTO, kinds.labels.get(1)));
                next.instructions.insert(instruction, use);
                next.instructions.remove(instruction);
                return;
            }
        }
        throw new IllegalStateException(
                target.name + "." + next.name + " knows no mapping; is this another version of Jython?");
    }
}
