package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Jython remembers where a type's attributes were found in a table of 4,096 places, one for each hash of type and name. A
 * page of {@code twisted.web} asks for 164 such pairs, of which 6 shared their place when it was counted: they drive each
 * other out, and are looked for in all bases at every use. Which ones is chance, since the hash is the type's identity.
 * With 65,536 places it is seldom any.
 */
final class MethodCacheSize implements Mend {
    private static final int WAS = 4096;
    private static final int IS = 65536;

    @Override
    public String target() {
        return "org/python/core/PyType$MethodCache";
    }

    @Override
    public void apply(ClassNode target) {
        replace(target, Mend.method(target, "<init>", "()V"), WAS, IS);
        // The mask of a hash.
        replace(target, Mend.method(target, "indexFor", "(Ljava/lang/Object;Ljava/lang/String;)I"), WAS - 1, IS - 1);
    }

    private static void replace(ClassNode target, MethodNode method, int was, int is) {
        for (AbstractInsnNode instruction : method.instructions) {
            if (instruction.getOpcode() == Opcodes.SIPUSH && ((IntInsnNode) instruction).operand == was) {
                method.instructions.set(instruction, new LdcInsnNode(is));
                return;
            }
        }
        throw new IllegalStateException(target.name + " has no " + was + "; is this another version of Jython?");
    }
}
