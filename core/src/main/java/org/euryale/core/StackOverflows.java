package org.euryale.core;

import java.util.List;
import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * A recursion that is too deep for Java's stack is a RuntimeError, as one that is too deep for Python is. Jython warns of it
 * besides, as of an error of its own, and a warning is more calls where there is no room for one: those calls of Python that
 * have no room to end properly do not put back the frame that the thread was in before them, and whatever looks at the
 * current frame from then on sees one that has ended. Here there is no warning, and who catches the error, or ends by it,
 * says itself which frame is the current one.
 */
final class StackOverflows {
    private static final String OVERFLOW = "java/lang/StackOverflowError";
    private static final String STATE = "org/python/core/ThreadState";
    private static final String FRAME = "org/python/core/PyFrame";
    private static final String OF_FRAME = "L" + FRAME + ";";

    private StackOverflows() {}

    static Stream<Mend> everywhere() {
        return Stream.of(new Ending(), new Catching());
    }

    /** The call of a function. */
    private static final class Ending implements Mend {
        @Override
        public String target() {
            return "org/python/core/PyTableCode";
        }

        @Override
        public void apply(ClassNode target) {
            String object = "Lorg/python/core/PyObject;";
            MethodNode call = Mend.method(target, "call", "(L" + STATE + ";" + OF_FRAME + object + ")" + object);
            int warned = 0;
            int ended = 0;
            for (AbstractInsnNode instruction : call.instructions) {
                // if (!(thrown instanceof Exception)) warn
                if (instruction instanceof TypeInsnNode type
                        && type.getOpcode() == Opcodes.INSTANCEOF
                        && type.desc.equals("java/lang/Exception")
                        && type.getPrevious() instanceof VarInsnNode thrown
                        && type.getNext() instanceof JumpInsnNode unless) {
                    InsnList code = new InsnList();
                    code.add(new VarInsnNode(Opcodes.ALOAD, thrown.var));
                    code.add(new TypeInsnNode(Opcodes.INSTANCEOF, OVERFLOW));
                    code.add(new JumpInsnNode(unless.getOpcode(), unless.label));
                    call.instructions.insert(unless, code);
                    warned++;
                }
                // state.frame = state.frame.f_back, whose frame may be that of a call which could not end: frame.f_back
                if (instruction instanceof FieldInsnNode back
                        && back.getOpcode() == Opcodes.GETFIELD
                        && back.name.equals("f_back")
                        && back.getPrevious() instanceof FieldInsnNode current
                        && current.owner.equals(STATE)
                        && current.name.equals("frame")) {
                    call.instructions.set(current.getPrevious(), new VarInsnNode(Opcodes.ALOAD, 2));
                    call.instructions.remove(current);
                    ended++;
                }
            }
            if (warned != 1 || ended != 2) {
                throw new IllegalStateException(target.name + " calls otherwise; is this another version of Jython?");
            }
        }
    }

    /** What an {@code except} or {@code finally} of compiled code begins with. */
    private static final class Catching implements Mend {
        @Override
        public String target() {
            return "org/python/core/Py";
        }

        @Override
        public void apply(ClassNode target) {
            String arguments = "(Ljava/lang/Throwable;" + OF_FRAME + ")";
            List.of(
                            Mend.method(target, "setException", arguments + "Lorg/python/core/PyException;"),
                            Mend.method(target, "addTraceback", arguments + "V"))
                    .forEach(method -> method.instructions.insert(putBack()));
        }

        /** {@code if (thrown instanceof StackOverflowError) getThreadState().frame = frame}. */
        private static InsnList putBack() {
            InsnList code = new InsnList();
            LabelNode others = new LabelNode();
            code.add(new VarInsnNode(Opcodes.ALOAD, 0));
            code.add(new TypeInsnNode(Opcodes.INSTANCEOF, OVERFLOW));
            code.add(new JumpInsnNode(Opcodes.IFEQ, others));
            code.add(new MethodInsnNode(
                    Opcodes.INVOKESTATIC, "org/python/core/Py", "getThreadState", "()L" + STATE + ";", false));
            code.add(new VarInsnNode(Opcodes.ALOAD, 1));
            code.add(new FieldInsnNode(Opcodes.PUTFIELD, STATE, "frame", OF_FRAME));
            code.add(others);
            return code;
        }
    }
}
