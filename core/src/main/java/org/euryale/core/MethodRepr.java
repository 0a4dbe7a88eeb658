package org.euryale.core;

import org.objectweb.asm.tree.ClassNode;
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
        Mend.call(target, shown, "__str__").name = "__repr__";
    }
}
