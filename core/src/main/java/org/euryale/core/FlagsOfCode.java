package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Every function's code has its flags as a set, which Jython makes by an iterator over all flags that there are: a
 * twelfth of what C2 worked on while a server of Twisted's started. {@code org.euryale.jython.CodeFlags} copies one that it
 * has made.
 */
final class FlagsOfCode implements Mend {
    @Override
    public String target() {
        return "org/python/core/CompilerFlags";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode make = Mend.method(target, "<init>", "(I)V");
        MethodInsnNode defaults = Mend.call(target, make, "getDefaultCodeFlags");
        // for (CodeFlag flag : CodeFlag.parse(bits)) setFlag(flag);
        AbstractInsnNode at = Mend.call(target, make, "parse").getPrevious();
        while (at.getOpcode() != Opcodes.GOTO) {
            AbstractInsnNode next = at.getNext();
            if (at.getOpcode() >= 0) {
                make.instructions.remove(at);
            }
            at = next;
        }
        make.instructions.remove(at);
        InsnList known = new InsnList();
        known.add(new VarInsnNode(Opcodes.ILOAD, 1));
        known.add(new MethodInsnNode(
                Opcodes.INVOKESTATIC, "org/euryale/jython/CodeFlags", "of", "(I)Ljava/util/Set;", false));
        make.instructions.insertBefore(defaults, known);
        make.instructions.remove(defaults);
    }
}
