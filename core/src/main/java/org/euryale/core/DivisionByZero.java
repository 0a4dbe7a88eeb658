package org.euryale.core;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * The texts of a division by zero are CPython's (floatobject.c, intobject.c): {@code 1.0 / 0} and, where division is true
 * division, {@code 1 / 0} each have their own. Jython says "float division" for all of them.
 */
final class DivisionByZero {
    private DivisionByZero() {}

    static Stream<Mend> everywhere() {
        return Stream.of(
                new Texts(
                        "org/python/core/PyFloat",
                        "float division",
                        List.of(
                                Map.entry("floordiv__", "float divmod()"),
                                Map.entry("divmod__", "float divmod()"),
                                Map.entry("div__", "float division by zero"))),
                new Texts(
                        "org/python/core/PyLong",
                        "long division or modulo",
                        List.of(
                                Map.entry("true_divide", "division by zero"),
                                Map.entry("divide", "long division or modulo by zero"))),
                new OfIntegers());
    }

    /** What the methods of a class say instead of {@code text}, by the end of their names; the first that fits. */
    private record Texts(String target, String text, List<Map.Entry<String, String>> instead) implements Mend {
        @Override
        public void apply(ClassNode changed) {
            int found = 0;
            for (MethodNode method : changed.methods) {
                for (AbstractInsnNode instruction : method.instructions) {
                    if (instruction instanceof LdcInsnNode constant && text.equals(constant.cst)) {
                        constant.cst = instead.stream()
                                .filter(end -> method.name.endsWith(end.getKey()))
                                .map(Map.Entry::getValue)
                                .findFirst()
                                .orElse(text);
                        found++;
                    }
                }
            }
            if (found == 0) {
                throw new IllegalStateException(target + " divides otherwise; is this another version of Jython?");
            }
        }
    }

    /** {@code int.__truediv__} makes floats of both, whose division would tell of floats. */
    private static final class OfIntegers implements Mend {
        private static final String INTEGER = "org/python/core/PyInteger";

        @Override
        public String target() {
            return INTEGER;
        }

        @Override
        public void apply(ClassNode target) {
            String object = "Lorg/python/core/PyObject;";
            MethodNode divide = Mend.method(target, "int___truediv__", "(" + object + ")" + object);
            InsnList code = new InsnList();
            LabelNode divisible = new LabelNode();
            code.add(new VarInsnNode(Opcodes.ALOAD, 1));
            code.add(new TypeInsnNode(Opcodes.INSTANCEOF, INTEGER));
            code.add(new JumpInsnNode(Opcodes.IFEQ, divisible));
            code.add(new VarInsnNode(Opcodes.ALOAD, 1));
            code.add(new TypeInsnNode(Opcodes.CHECKCAST, INTEGER));
            code.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, INTEGER, "getValue", "()I", false));
            code.add(new JumpInsnNode(Opcodes.IFNE, divisible));
            code.add(new LdcInsnNode("division by zero"));
            code.add(new MethodInsnNode(
                    Opcodes.INVOKESTATIC,
                    "org/python/core/Py",
                    "ZeroDivisionError",
                    "(Ljava/lang/String;)Lorg/python/core/PyException;",
                    false));
            code.add(new InsnNode(Opcodes.ATHROW));
            code.add(divisible);
            divide.instructions.insert(code);
        }
    }
}
