package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * A class of Python code has stack map frames, by which the JVM verifies it fast; but those of exception handlers do not
 * say what a variable is that changes where the handler applies, and one such frame sends the whole class the old way,
 * which infers all types. ASM, inside Jython's jar, gets them right for methods whose handlers it hears of before their
 * instructions, where it begins a new basic block with each store. Jython tells them afterwards. Here it always does.
 */
final class FramesOfHandlers implements Mend {
    @Override
    public String target() {
        return "org/python/objectweb/asm/MethodWriter";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode visit = Mend.method(target, "visitVarInsn", "(II)V");
        for (AbstractInsnNode instruction : visit.instructions) {
            // if (opcode >= ISTORE && compute == COMPUTE_ALL_FRAMES && firstHandler != null) visitLabel(new Label());
            if (instruction instanceof FieldInsnNode field
                    && field.name.equals("firstHandler")
                    && field.getNext() instanceof JumpInsnNode unless
                    && unless.getOpcode() == Opcodes.IFNULL) {
                visit.instructions.remove(field.getPrevious());
                visit.instructions.remove(field);
                visit.instructions.remove(unless);
                return;
            }
        }
        throw new IllegalStateException(
                target.name + "." + visit.name + " asks for no handler; is this another version of Jython?");
    }
}
