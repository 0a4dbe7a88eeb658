package org.euryale.core;

import org.objectweb.asm.tree.ClassNode;

/**
 * Classic classes are equal if they are the same class. Jython compares their names, so that two classes {@code X} of
 * different modules are one wherever {@code ==} looks, {@code list.index} and the merge of a class's bases among them.
 * Without a comparison of its own the class gets that of every object: by identity, and for an order by {@code id}.
 */
final class ClassicClassIdentity implements Mend {
    @Override
    public String target() {
        return "org/python/core/PyClass";
    }

    @Override
    public void apply(ClassNode target) {
        target.methods.remove(Mend.method(target, "__cmp__", "(Lorg/python/core/PyObject;)I"));
    }
}
