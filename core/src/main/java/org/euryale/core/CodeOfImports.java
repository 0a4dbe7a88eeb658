package org.euryale.core;

import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * {@code exec}, {@code eval} and {@code compile} of a text ask {@code org.euryale.jython.CompiledCode} for its code before
 * they parse it: it has what modules compiled when they were imported by an earlier start.
 *
 * @param target the class with the method that parses
 * @param method its name
 * @param descriptor the method's types
 */
record CodeOfImports(String target, String method, String descriptor) implements Mend {
    private static final String FLAGS = "Lorg/python/core/CompilerFlags;";
    private static final String MODE = "Lorg/python/core/CompileMode;";
    private static final String STRING = "Ljava/lang/String;";

    /** Of what is given to the parser, in its order. */
    private static final String PARSED = "(" + STRING + MODE + STRING + FLAGS + ")";

    private static final int ARGUMENTS = 4;

    static Stream<Mend> everywhere() {
        return Stream.of(
                new CodeOfImports(
                        "org/python/core/Py",
                        "compile_flags",
                        "(" + STRING + STRING + MODE + FLAGS + ")Lorg/python/core/PyCode;"),
                new CodeOfImports(
                        "org/python/core/CompileFunction",
                        "compile",
                        "(Lorg/python/core/PyObject;" + STRING + MODE + FLAGS + "Z)Lorg/python/core/PyObject;"));
    }

    @Override
    public void apply(ClassNode owner) {
        MethodNode compile = Mend.method(owner, method, descriptor);
        for (AbstractInsnNode instruction : compile.instructions) {
            if (instruction instanceof MethodInsnNode call
                    && call.name.equals("parse")
                    && call.desc.startsWith(PARSED)) {
                AbstractInsnNode first = call;
                InsnList ask = new InsnList();
                for (int argument = 0; argument < ARGUMENTS; argument++) {
                    first = first.getPrevious();
                    if (!(first instanceof VarInsnNode variable)) {
                        throw other();
                    }
                    ask.insert(new VarInsnNode(Opcodes.ALOAD, variable.var));
                }
                LabelNode otherwise = new LabelNode();
                ask.add(new MethodInsnNode(
                        Opcodes.INVOKESTATIC,
                        "org/euryale/jython/CompiledCode",
                        "ofImport",
                        PARSED + "Lorg/python/core/PyCode;",
                        false));
                ask.add(new InsnNode(Opcodes.DUP));
                ask.add(new JumpInsnNode(Opcodes.IFNULL, otherwise));
                ask.add(new InsnNode(Opcodes.ARETURN));
                ask.add(otherwise);
                ask.add(new InsnNode(Opcodes.POP));
                compile.instructions.insertBefore(first, ask);
                return;
            }
        }
        throw other();
    }

    private IllegalStateException other() {
        return new IllegalStateException(
                target + "." + method + " parses otherwise; is this another version of Jython?");
    }
}
