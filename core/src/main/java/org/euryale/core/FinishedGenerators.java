package org.euryale.core;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Every generator has a finalizer, for those that are dropped within a {@code try}. One that has ended keeps its frame, and
 * with it all that its function had: the collector copies all of that, since finalizers' objects live one collection longer,
 * which is a fifth of the CPU of a web server. Here the end of a generator lets go of its frame, as CPython's does
 * (gen_send_ex in genobject.c), and of the finalizer's hold on it.
 */
final class FinishedGenerators implements Mend {
    private static final String GENERATOR = "org/python/core/PyGenerator";
    private static final String TRIGGER = "org/python/core/finalization/FinalizeTrigger";
    private static final String RELEASED = "released";

    /** {@code JyAttribute.FINALIZE_TRIGGER_ATTR}. */
    private static final int TRIGGER_ATTRIBUTE = 127;

    @Override
    public String target() {
        return GENERATOR;
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode next =
                Mend.method(target, "__iternext__", "(Lorg/python/core/ThreadState;)Lorg/python/core/PyObject;");
        int ends = 0;
        for (AbstractInsnNode instruction : next.instructions) {
            // Where the end is found by the frame: ... f_lasti == -1 ? return null.
            if (instruction.getOpcode() == Opcodes.IF_ICMPNE
                    && following(instruction).getOpcode() == Opcodes.ACONST_NULL
                    && following(following(instruction)).getOpcode() == Opcodes.ARETURN) {
                next.instructions.insert(instruction, forget());
                ends++;
            }
        }
        // There, and where Jython does it itself: by an exception, and by a call after the end.
        for (MethodNode method : List.copyOf(target.methods)) {
            for (AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof FieldInsnNode frame
                        && frame.getOpcode() == Opcodes.PUTFIELD
                        && frame.name.equals("gi_frame")
                        && frame.getPrevious().getOpcode() == Opcodes.ACONST_NULL) {
                    method.instructions.insert(frame, release());
                }
            }
        }
        if (ends != 1) {
            throw new IllegalStateException(target.name + " ends otherwise; is this another version of Jython?");
        }
        target.methods.add(released());
    }

    /** The next instruction; labels and line numbers are none. */
    private static AbstractInsnNode following(AbstractInsnNode instruction) {
        AbstractInsnNode next = instruction.getNext();
        return next.getOpcode() < 0 ? following(next) : next;
    }

    /** The generator has no frame any more. */
    private static InsnList forget() {
        InsnList put = new InsnList();
        put.add(new VarInsnNode(Opcodes.ALOAD, 0));
        put.add(new InsnNode(Opcodes.ACONST_NULL));
        put.add(new FieldInsnNode(Opcodes.PUTFIELD, GENERATOR, "gi_frame", "Lorg/python/core/PyFrame;"));
        return put;
    }

    private static InsnList release() {
        InsnList call = new InsnList();
        call.add(new VarInsnNode(Opcodes.ALOAD, 0));
        call.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, GENERATOR, RELEASED, "()V", false));
        return call;
    }

    /** The method by which the finalizer lets go of the generator. */
    private static MethodNode released() {
        MethodNode released = new MethodNode(Opcodes.ACC_FINAL, RELEASED, "()V", null, null);
        InsnList code = released.instructions;
        LabelNode end = new LabelNode();
        code.add(new VarInsnNode(Opcodes.ALOAD, 0));
        code.add(new IntInsnNode(Opcodes.BIPUSH, TRIGGER_ATTRIBUTE));
        code.add(new MethodInsnNode(
                Opcodes.INVOKESTATIC,
                "org/python/core/JyAttribute",
                "getAttr",
                "(Lorg/python/core/PyObject;B)Ljava/lang/Object;",
                false));
        code.add(new TypeInsnNode(Opcodes.CHECKCAST, TRIGGER));
        code.add(new VarInsnNode(Opcodes.ASTORE, 1));
        code.add(new VarInsnNode(Opcodes.ALOAD, 1));
        code.add(new JumpInsnNode(Opcodes.IFNULL, end));
        code.add(new VarInsnNode(Opcodes.ALOAD, 1));
        code.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, TRIGGER, "clear", "()V", false));
        code.add(end);
        code.add(new InsnNode(Opcodes.RETURN));
        return released;
    }
}
