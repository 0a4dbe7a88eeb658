package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * The {@code __file__} of a module that is loaded from its cached class is its source's name, as on the run that cached
 * it. Jython says {@code name$py.class}, whose base name programs do not find: to Twisted, such a package is none.
 */
final class SourceFileName implements Mend {
    // createFromPyClass(name, stream, testing, sourceName, compiledName, sourceLastModified, source): it is a test
    // exactly where there is a source to fall back on.
    private static final int TESTING = 2;
    private static final int SOURCE_NAME = 3;
    private static final int COMPILED_NAME = 4;

    @Override
    public String target() {
        return "org/python/core/imp";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode create = Mend.method(
                target,
                "createFromPyClass",
                "(Ljava/lang/String;Ljava/io/InputStream;ZLjava/lang/String;Ljava/lang/String;J"
                        + "Lorg/python/core/imp$CodeImport;)Lorg/python/core/PyObject;");
        for (AbstractInsnNode instruction : create.instructions) {
            if (instruction instanceof MethodInsnNode call
                    && call.name.equals("createFromCode")
                    && call.getPrevious() instanceof VarInsnNode location
                    && location.var == COMPILED_NAME) {
                create.instructions.insertBefore(call, choice());
                create.instructions.remove(location);
                return;
            }
        }
        throw new IllegalStateException(target.name + "." + create.name + " tells createFromCode no compiled name");
    }

    /** {@code testing ? sourceName : compiledName}. */
    private static InsnList choice() {
        LabelNode source = new LabelNode();
        LabelNode chosen = new LabelNode();
        InsnList choice = new InsnList();
        choice.add(new VarInsnNode(Opcodes.ILOAD, TESTING));
        choice.add(new JumpInsnNode(Opcodes.IFNE, source));
        choice.add(new VarInsnNode(Opcodes.ALOAD, COMPILED_NAME));
        choice.add(new JumpInsnNode(Opcodes.GOTO, chosen));
        choice.add(source);
        choice.add(new VarInsnNode(Opcodes.ALOAD, SOURCE_NAME));
        choice.add(chosen);
        return choice;
    }
}
