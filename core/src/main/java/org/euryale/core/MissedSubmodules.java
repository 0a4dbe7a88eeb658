package org.euryale.core;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * {@code import os} in a module of a package looks for {@code package.os} first. CPython remembers by a None in {@code
 * sys.modules} that there is none (mark_miss in import.c); Jython looks in files, jars and Java packages each time the
 * import is run.
 */
final class MissedSubmodules implements Mend {
    @Override
    public String target() {
        return "org/python/core/imp";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode level = Mend.method(
                target,
                "import_module_level",
                "(Ljava/lang/String;ZLorg/python/core/PyObject;Lorg/python/core/PyObject;I)Lorg/python/core/PyObject;");
        VarInsnNode parentName = null;
        VarInsnNode parent = null;
        MethodInsnNode absolute = null;
        for (AbstractInsnNode instruction : level.instructions) {
            if (instruction instanceof MethodInsnNode call) {
                switch (call.name) {
                    case "get_parent" -> parentName = next(call, Opcodes.ASTORE);
                    case "import_next" -> parent = previous(call, 5);
                    case "import_first" -> absolute = call; // the last one; the other is for relative imports
                    default -> {}
                }
            }
        }
        VarInsnNode found = absolute == null ? null : next(absolute, Opcodes.ASTORE);
        VarInsnNode name = absolute == null ? null : previous(absolute, 4);
        if (parentName == null || parent == null || found == null || name == null) {
            throw new IllegalStateException(
                    target.name + " imports otherwise than expected; is this another version of Jython?");
        }
        InsnList remember = new InsnList();
        remember.add(new VarInsnNode(Opcodes.ALOAD, parent.var));
        remember.add(new VarInsnNode(Opcodes.ALOAD, parentName.var));
        remember.add(new VarInsnNode(Opcodes.ALOAD, name.var));
        remember.add(new MethodInsnNode(
                Opcodes.INVOKESTATIC,
                "org/euryale/jython/Submodules",
                "missed",
                "(Lorg/python/core/PyObject;Ljava/lang/String;Ljava/lang/String;)V",
                false));
        level.instructions.insert(found, remember);
    }

    private static @Nullable VarInsnNode next(AbstractInsnNode from, int opcode) {
        return from.getNext() instanceof VarInsnNode variable && variable.getOpcode() == opcode ? variable : null;
    }

    /** The variable that is so many instructions before: the first argument of a call that takes variables. */
    private static @Nullable VarInsnNode previous(AbstractInsnNode from, int count) {
        AbstractInsnNode at = from;
        for (int left = count; at != null && left > 0; left--) {
            at = at.getPrevious();
        }
        return at instanceof VarInsnNode variable && variable.getOpcode() == Opcodes.ALOAD ? variable : null;
    }
}
