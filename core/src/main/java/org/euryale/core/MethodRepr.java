package org.euryale.core;

import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The {@code repr} of a bound method has the {@code repr} of its object. Jython takes the {@code str}. */
final class MethodRepr implements Mend {
    @Override
    public String target() {
        return "org/python/core/PyMethod";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode shown = Mend.method(target, "toString", "()Ljava/lang/String;");
        for (AbstractInsnNode instruction : shown.instructions) {
            if (instruction instanceof MethodInsnNode call && call.name.equals("__str__")) {
                call.name = "__repr__";
                return;
            }
        }
        throw new IllegalStateException(
                target.name + "." + shown.name + " has no str; is this another version of Jython?");
    }
}
