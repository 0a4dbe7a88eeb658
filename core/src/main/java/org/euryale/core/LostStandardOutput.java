package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/**
 * A program may close {@code sys.stdout}, delete it or set it to None ({@code python -m json.tool} closes it). Jython ends
 * each piece of code with a look at it for a line that is not ended, and dies of a Java exception; CPython clears the error
 * (PyRun_SimpleFile and Py_FlushLine in pythonrun.c).
 */
final class LostStandardOutput implements Mend {
    @Override
    public String target() {
        return "org/python/core/Py";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode flushLine = Mend.method(target, "flushLine", "()V");
        LabelNode start = new LabelNode();
        LabelNode end = new LabelNode();
        flushLine.instructions.insert(start);
        flushLine.instructions.add(end);
        flushLine.instructions.add(new InsnNode(Opcodes.POP));
        flushLine.instructions.add(new InsnNode(Opcodes.RETURN));
        flushLine.tryCatchBlocks.add(new TryCatchBlockNode(start, end, end, "org/python/core/PyException"));
    }
}
