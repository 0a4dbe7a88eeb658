package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The text of {@code sys.exit('text')} goes to {@code sys.stderr}. Jython prints it on {@code sys.stdout}. */
final class ExitMessageToStderr implements Mend {
    private static final String STREAM = "org/python/core/StdoutWrapper";
    private static final String PRINTLN = "println";
    private static final String OF_OBJECT = "(Lorg/python/core/PyObject;)V";

    @Override
    public String target() {
        return "org/python/core/Py";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode exit = Mend.method(target, "handleSystemExit", "(Lorg/python/core/PyException;)V");
        for (AbstractInsnNode instruction : exit.instructions) {
            if (instruction instanceof MethodInsnNode call
                    && call.owner.equals(target.name)
                    && call.name.equals(PRINTLN)
                    && call.desc.equals(OF_OBJECT)) {
                exit.instructions.insertBefore(
                        call, new FieldInsnNode(Opcodes.GETSTATIC, target.name, "stderr", "L" + STREAM + ";"));
                exit.instructions.insertBefore(call, new InsnNode(Opcodes.SWAP));
                exit.instructions.set(
                        call, new MethodInsnNode(Opcodes.INVOKEVIRTUAL, STREAM, PRINTLN, OF_OBJECT, false));
                return;
            }
        }
        throw new IllegalStateException(
                target.name + "." + exit.name + " prints nothing; is this another version of Jython?");
    }
}
