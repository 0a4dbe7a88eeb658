package org.euryale.core;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * {@code string.Formatter.parse} tells a field as it is written, and {@code ''} for one without a name (formatteriter_next
 * in CPython's string_format.h). Jython numbers those, as {@code str.format} does, which has the same iterator. Here the
 * iterator that Python sees has no numbers to give.
 */
final class FieldsWithoutNames implements Mend {
    private static final String NUMBERING = "numbering";

    @Override
    public String target() {
        return "org/python/core/stringlib/MarkupIterator";
    }

    @Override
    public void apply(ClassNode target) {
        FieldNode numbering = target.fields.stream()
                .filter(field -> field.name.equals(NUMBERING))
                .findFirst()
                .orElseThrow(() -> other(target));
        numbering.access &= ~Opcodes.ACC_FINAL;
        MethodNode next = Mend.method(target, "formatteriterator___iternext__", "()Lorg/python/core/PyObject;");
        InsnList none = new InsnList();
        none.add(new VarInsnNode(Opcodes.ALOAD, 0));
        none.add(new InsnNode(Opcodes.ACONST_NULL));
        none.add(new FieldInsnNode(Opcodes.PUTFIELD, target.name, NUMBERING, numbering.desc));
        next.instructions.insert(none);
        for (MethodNode method : List.copyOf(target.methods)) {
            if (method.name.equals("parseField")) {
                endWithoutNumbers(target, method, numbering.desc);
                return;
            }
        }
        throw other(target);
    }

    /** Before the name is looked at: where there is no numbering, it is as it is. */
    private static void endWithoutNumbers(ClassNode target, MethodNode parse, String type) {
        InsnList code = new InsnList();
        LabelNode numbered = new LabelNode();
        code.add(new VarInsnNode(Opcodes.ALOAD, 0));
        code.add(new FieldInsnNode(Opcodes.GETFIELD, target.name, NUMBERING, type));
        code.add(new JumpInsnNode(Opcodes.IFNONNULL, numbered));
        code.add(new InsnNode(Opcodes.RETURN));
        code.add(numbered);
        MethodInsnNode call = Mend.call(target, parse, "isEmpty");
        parse.instructions.insertBefore(call.getPrevious().getPrevious(), code);
    }

    private static IllegalStateException other(ClassNode target) {
        return new IllegalStateException(target.name + " numbers otherwise; is this another version of Jython?");
    }
}
