package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Members of CPython's own exceptions that nobody has set are None (T_OBJECT in structmember.c): {@code errno} of an
 * OSError whose class does not call {@code OSError.__init__}, say. In Jython they are slots, which are not there then, and
 * {@code str} of such an error is a Java exception.
 */
final class UnsetExceptionMembers implements Mend {
    private static final String OBJECT = "Lorg/python/core/PyObject;";
    private static final String TYPE = "org/python/core/PyType";

    @Override
    public String target() {
        return "org/python/core/PySlot";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode read = Mend.method(target, "member_descriptor___get__", "(" + OBJECT + OBJECT + ")" + OBJECT);
        read.instructions.insert(Mend.call(target, read, "getSlot"), orNone(target.name));
    }

    /** What is on the stack, or None where that is null and the slot is one of the module exceptions. */
    private static InsnList orNone(String slot) {
        InsnList code = new InsnList();
        LabelNode end = new LabelNode();
        code.add(new InsnNode(Opcodes.DUP));
        code.add(new JumpInsnNode(Opcodes.IFNONNULL, end));
        code.add(new LdcInsnNode("exceptions"));
        code.add(new VarInsnNode(Opcodes.ALOAD, 0));
        code.add(new FieldInsnNode(Opcodes.GETFIELD, slot, "dtype", "L" + TYPE + ";"));
        code.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, TYPE, "getModule", "()" + OBJECT, false));
        code.add(new MethodInsnNode(
                Opcodes.INVOKEVIRTUAL, "java/lang/Object", "toString", "()Ljava/lang/String;", false));
        code.add(new MethodInsnNode(
                Opcodes.INVOKEVIRTUAL, "java/lang/String", "equals", "(Ljava/lang/Object;)Z", false));
        code.add(new JumpInsnNode(Opcodes.IFEQ, end));
        code.add(new InsnNode(Opcodes.POP));
        code.add(new FieldInsnNode(Opcodes.GETSTATIC, "org/python/core/Py", "None", OBJECT));
        code.add(end);
        return code;
    }
}
