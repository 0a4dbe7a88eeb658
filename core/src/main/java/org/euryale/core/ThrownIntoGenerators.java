package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * An exception that {@code throw} brings into a generator with a traceback passes through the generator's frame
 * (gen_throw in CPython's genobject.c, and PyTraceBack_Here). Jython takes it for one that the generator raises once
 * more, whose frame the traceback has already, and leaves the frame out: of a chain of Twisted's inlineCallbacks none is
 * in the traceback. Here the note that it is raised once more is taken back.
 */
final class ThrownIntoGenerators implements Mend {
    private static final String EXCEPTION = "org/python/core/PyException";

    @Override
    public String target() {
        return "org/python/core/PyGenerator";
    }

    @Override
    public void apply(ClassNode target) {
        String object = "Lorg/python/core/PyObject;";
        MethodNode thrown = Mend.method(target, "generator_throw$", "(" + object + object + object + ")" + object);
        InsnList passing = new InsnList();
        passing.add(new InsnNode(Opcodes.DUP));
        passing.add(new InsnNode(Opcodes.ACONST_NULL)); // no frame: this one's comes when it passes
        passing.add(new MethodInsnNode(
                Opcodes.INVOKEVIRTUAL, EXCEPTION, "tracebackHere", "(Lorg/python/core/PyFrame;)V", false));
        thrown.instructions.insert(Mend.call(target, thrown, "makeException"), passing);
    }
}
