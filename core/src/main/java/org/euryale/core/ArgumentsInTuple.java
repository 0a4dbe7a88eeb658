package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Programs and tests set {@code sys.argv} to a tuple, which is a TypeError in Jython: there it is a field that holds a
 * list. Here it becomes a list of the same arguments.
 */
final class ArgumentsInTuple implements Mend {
    private static final String LIST = "org/python/core/PyList";
    private static final String OBJECT = "Lorg/python/core/PyObject;";

    @Override
    public String target() {
        return "org/python/core/PySystemState";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode set = Mend.method(target, "__setattr__", "(Ljava/lang/String;" + OBJECT + ")V");
        InsnList code = new InsnList();
        LabelNode end = new LabelNode();
        code.add(new VarInsnNode(Opcodes.ALOAD, 2));
        code.add(new TypeInsnNode(Opcodes.INSTANCEOF, "org/python/core/PyTuple"));
        code.add(new JumpInsnNode(Opcodes.IFEQ, end));
        code.add(new LdcInsnNode("argv"));
        code.add(new VarInsnNode(Opcodes.ALOAD, 1));
        code.add(new MethodInsnNode(
                Opcodes.INVOKEVIRTUAL, "java/lang/String", "equals", "(Ljava/lang/Object;)Z", false));
        code.add(new JumpInsnNode(Opcodes.IFEQ, end));
        code.add(new TypeInsnNode(Opcodes.NEW, LIST));
        code.add(new InsnNode(Opcodes.DUP));
        code.add(new VarInsnNode(Opcodes.ALOAD, 2));
        code.add(new MethodInsnNode(Opcodes.INVOKESPECIAL, LIST, "<init>", "(" + OBJECT + ")V", false));
        code.add(new VarInsnNode(Opcodes.ASTORE, 2));
        code.add(end);
        set.instructions.insert(code);
    }
}
