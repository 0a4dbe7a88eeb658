package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * An import that finds no Python module asks whether there is a Java package of that name, for which Jython lists all
 * packages of the JVM, half a millisecond's work. In Python 2 most modules of a package import something that is not in
 * that package. {@code org.euryale.jython.JavaPackages} says first whether any begins as the name does.
 */
final class PackagesOfOtherNames implements Mend {
    @Override
    public String target() {
        return "org/python/core/JavaImportHelper";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode add = Mend.method(target, "tryAddPackage", "(Ljava/lang/String;Lorg/python/core/PyObject;)Z");
        MethodInsnNode list = Mend.call(target, add, "buildLoadedPackages");
        LabelNode otherwise = new LabelNode();
        LabelNode end = new LabelNode();
        InsnList ask = new InsnList();
        ask.add(new VarInsnNode(Opcodes.ALOAD, 0)); // the name asked for
        ask.add(new MethodInsnNode(
                Opcodes.INVOKESTATIC, "org/euryale/jython/JavaPackages", "mayHave", "(Ljava/lang/String;)Z", false));
        ask.add(new JumpInsnNode(Opcodes.IFNE, otherwise));
        ask.add(new MethodInsnNode(
                Opcodes.INVOKESTATIC, "java/util/Collections", "emptyMap", "()Ljava/util/Map;", false));
        ask.add(new JumpInsnNode(Opcodes.GOTO, end));
        ask.add(otherwise);
        add.instructions.insertBefore(list, ask);
        add.instructions.insert(list, end);
    }
}
