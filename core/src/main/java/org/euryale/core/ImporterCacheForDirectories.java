package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * {@code sys.path_importer_cache} has None for an entry of {@code sys.path} that no hook takes, a directory for
 * instance (PEP 302). Jython notes nothing there, asks all hooks again at each import, and programs that look there take
 * the entry for one that is not imported from.
 */
final class ImporterCacheForDirectories implements Mend {
    private static final String PY_OBJECT = "org/python/core/PyObject";
    private static final String OF_PY_OBJECT = "L" + PY_OBJECT + ";";

    // getPathImporter(cache, hooks, p)
    private static final int CACHE = 0;
    private static final int ENTRY = 2;

    @Override
    public String target() {
        return "org/python/core/imp";
    }

    @Override
    public void apply(ClassNode target) {
        MethodNode find = Mend.method(
                target,
                "getPathImporter",
                "(" + OF_PY_OBJECT + "Lorg/python/core/PyList;" + OF_PY_OBJECT + ")" + OF_PY_OBJECT);
        for (AbstractInsnNode instruction : find.instructions) {
            if (instruction instanceof FieldInsnNode none
                    && none.owner.equals("org/python/core/Py")
                    && none.name.equals("None")) {
                InsnList note = new InsnList();
                note.add(new VarInsnNode(Opcodes.ALOAD, CACHE));
                note.add(new VarInsnNode(Opcodes.ALOAD, ENTRY));
                note.add(new FieldInsnNode(Opcodes.GETSTATIC, none.owner, none.name, none.desc));
                note.add(new MethodInsnNode(
                        Opcodes.INVOKEVIRTUAL,
                        PY_OBJECT,
                        "__setitem__",
                        "(" + OF_PY_OBJECT + OF_PY_OBJECT + ")V",
                        false));
                find.instructions.insertBefore(none, note);
                return;
            }
        }
        throw new IllegalStateException(target.name + "." + find.name + " has no answer of None");
    }
}
