package org.euryale.core;

import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * A fault of Jython's Java core, and the change of one class that mends it. Each has a row in {@code
 * docs/jython-faults.md}, which says what a program gets on a stock core, and a test in {@code lib/tests}.
 */
interface Mend {
    /** The internal name of the class, such as {@code org/python/core/PyClass}. */
    String target();

    /**
     * Changes the class, which has no stack map frames: they are computed afterwards, as are the sizes of stacks.
     *
     * @throws IllegalStateException if the class is not the one that the mend was made for
     */
    void apply(ClassNode target);

    /**
     * The only method of that name and descriptor.
     *
     * @throws IllegalStateException if there is none
     */
    static MethodNode method(ClassNode target, String name, String descriptor) {
        return target.methods.stream()
                .filter(method -> method.name.equals(name) && method.desc.equals(descriptor))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        target.name + " has no " + name + descriptor + "; is this another version of Jython?"));
    }

    /**
     * The first call in a method of what has that name.
     *
     * @throws IllegalStateException if there is none
     */
    static MethodInsnNode call(ClassNode target, MethodNode in, String name) {
        for (AbstractInsnNode instruction : in.instructions) {
            if (instruction instanceof MethodInsnNode call && call.name.equals(name)) {
                return call;
            }
        }
        throw new IllegalStateException(
                target.name + "." + in.name + " does not call " + name + "; is this another version of Jython?");
    }
}
