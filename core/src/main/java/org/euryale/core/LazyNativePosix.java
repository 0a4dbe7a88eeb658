package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Importing {@code posix} does not bind the C library, which is a third of a start and which many programs never call.
 * Jython asks whether it can be bound, in order to leave functions out where it cannot; and it shows the binding to Python
 * by reflection on all its methods. {@code org.euryale.jython.NativePosix} answers both.
 */
final class LazyNativePosix implements Mend {
    private static final String POSIX = "jnr/posix/POSIX";
    private static final String ANSWERS = "org/euryale/jython/NativePosix";

    @Override
    public String target() {
        return "org/python/modules/posix/PosixModule";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode init = Mend.method(target, "classDictInit", "(Lorg/python/core/PyObject;)V");
        answer(target, init, POSIX, "isNative", "(Ljnr/posix/POSIX;)Z");
        answer(target, init, "org/python/core/Py", "java2py", "(Ljava/lang/Object;)Lorg/python/core/PyObject;");
    }

    private static void answer(ClassNode target, MethodNode in, String owner, String name, String descriptor) {
        for (AbstractInsnNode instruction : in.instructions) {
            if (instruction instanceof MethodInsnNode call && call.owner.equals(owner) && call.name.equals(name)) {
                in.instructions.set(call, new MethodInsnNode(Opcodes.INVOKESTATIC, ANSWERS, name, descriptor, false));
                return;
            }
        }
        throw new IllegalStateException(
                target.name + "." + in.name + " does not call " + name + "; is this another version of Jython?");
    }
}
