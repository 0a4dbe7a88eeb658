package org.euryale.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
 * Where Jython has found a module's source, it asks {@code org.euryale.jython.Library} for the class that was compiled
 * from it before it looks for a file of compiled code. Nothing changes in what is found: {@code sys.path}, importers and
 * hooks come first as ever.
 */
final class LibraryFromClasses implements Mend {
    private static final String FILE = "java/io/File";
    private static final String LIBRARY = "org/euryale/jython/Library";
    private static final String LOAD = "(Ljava/lang/String;Ljava/lang/String;Ljava/io/File;)Lorg/python/core/PyObject;";

    @Override
    public String target() {
        return "org/python/core/imp";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode load = Mend.method(
                target,
                "loadFromSource",
                "(Lorg/python/core/PySystemState;Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;)"
                        + "Lorg/python/core/PyObject;");
        // createFromSource(modName, makeStream(sourceFile), displaySourceName, compiledFile.getPath(), pyTime)
        MethodInsnNode compile = call(target, load, Opcodes.INVOKESTATIC, target.name, "createFromSource");
        List<AbstractInsnNode> arguments = before(compile, 7);
        VarInsnNode module = variable(target, arguments.get(0));
        VarInsnNode source = variable(target, arguments.get(1));
        VarInsnNode shown = variable(target, arguments.get(3));

        // pyTime = sourceFile.lastModified(), the first thing that is done with a source that is there
        MethodInsnNode time = call(target, load, Opcodes.INVOKEVIRTUAL, FILE, "lastModified");
        LabelNode otherwise = new LabelNode();
        InsnList ask = new InsnList();
        ask.add(new VarInsnNode(Opcodes.ALOAD, module.var));
        ask.add(new VarInsnNode(Opcodes.ALOAD, shown.var));
        ask.add(new VarInsnNode(Opcodes.ALOAD, source.var));
        ask.add(new MethodInsnNode(Opcodes.INVOKESTATIC, LIBRARY, "load", LOAD, false));
        ask.add(new InsnNode(Opcodes.DUP));
        ask.add(new JumpInsnNode(Opcodes.IFNULL, otherwise));
        ask.add(new InsnNode(Opcodes.ARETURN));
        ask.add(otherwise);
        ask.add(new InsnNode(Opcodes.POP));
        load.instructions.insertBefore(variable(target, time.getPrevious()), ask);
    }

    private static MethodInsnNode call(ClassNode target, MethodNode in, int opcode, String owner, String name) {
        for (AbstractInsnNode instruction : in.instructions) {
            if (instruction instanceof MethodInsnNode call
                    && call.getOpcode() == opcode
                    && call.owner.equals(owner)
                    && call.name.equals(name)) {
                return call;
            }
        }
        throw other(target, in.name + " does not call " + name);
    }

    private static List<AbstractInsnNode> before(AbstractInsnNode end, int count) {
        List<AbstractInsnNode> found = new ArrayList<>();
        for (AbstractInsnNode at = end.getPrevious(); at != null && found.size() < count; at = at.getPrevious()) {
            if (at.getOpcode() >= 0) { // no line number or label
                found.add(at);
            }
        }
        if (found.size() < count) {
            throw new IllegalStateException("nothing is before the call");
        }
        Collections.reverse(found);
        return found;
    }

    private static VarInsnNode variable(ClassNode target, AbstractInsnNode instruction) {
        if (instruction instanceof VarInsnNode variable && variable.getOpcode() == Opcodes.ALOAD) {
            return variable;
        }
        throw other(target, "loadFromSource takes its arguments from elsewhere");
    }

    private static IllegalStateException other(ClassNode target, String what) {
        return new IllegalStateException(target.name + "." + what + "; is this another version of Jython?");
    }
}
