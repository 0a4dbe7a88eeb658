package org.euryale.core;

import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
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
 * The module {@code struct} and its class {@code Struct} unpack what any object with a buffer has, and pack into it, by
 * {@code Structs}. Jython's have a method for each of a few types, and what is none of them is a TypeError, its {@code
 * repr}, or a Java exception for an offset that is out of range and for an empty format.
 */
final class BuffersOfStruct {
    private static final String STRUCTS = "org/euryale/jython/Structs";
    private static final String MODULE = "org/python/modules/struct";
    private static final String TYPE = "org/python/modules/PyStruct";
    private static final String STRING = "Ljava/lang/String;";
    private static final String OBJECT = "Lorg/python/core/PyObject;";
    private static final String STR = "Lorg/python/core/PyString;";
    private static final String TUPLE = "Lorg/python/core/PyTuple;";
    private static final String FORMATS = "[L" + MODULE + "$FormatDef;";
    private static final String BYTES = MODULE + "$ByteStream";

    private BuffersOfStruct() {}

    static Stream<Mend> everywhere() {
        return Stream.of(new OfType(), new OfModule());
    }

    /** {@code struct.Struct}. */
    private static final class OfType implements Mend {
        @Override
        public String target() {
            return TYPE;
        }

        @Override
        public void apply(ClassNode target) {
            InsnList all = new InsnList();
            all.add(new VarInsnNode(Opcodes.ALOAD, 1));
            all.add(size());
            all.add(new MethodInsnNode(Opcodes.INVOKESTATIC, STRUCTS, "all", "(" + OBJECT + "I)" + OBJECT, false));
            all.add(new VarInsnNode(Opcodes.ASTORE, 1));
            Mend.method(target, "unpack", "(" + OBJECT + ")" + TUPLE)
                    .instructions
                    .insert(all);

            InsnList part = new InsnList();
            part.add(new VarInsnNode(Opcodes.ALOAD, 0));
            part.add(new VarInsnNode(Opcodes.ALOAD, 1));
            part.add(new VarInsnNode(Opcodes.ILOAD, 2));
            part.add(size());
            part.add(new MethodInsnNode(Opcodes.INVOKESTATIC, STRUCTS, "part", "(" + OBJECT + "II)" + STR, false));
            part.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, TYPE, "unpack", "(" + OBJECT + ")" + TUPLE, false));
            part.add(new InsnNode(Opcodes.ARETURN));
            replace(Mend.method(target, "unpack_from", "(" + OBJECT + "I)" + TUPLE), part);
        }

        private static InsnList size() {
            InsnList code = new InsnList();
            code.add(new VarInsnNode(Opcodes.ALOAD, 0));
            code.add(new FieldInsnNode(Opcodes.GETFIELD, TYPE, "size", "I"));
            return code;
        }
    }

    /** The functions, which are those of a {@code Struct} that is made for one call. */
    private static final class OfModule implements Mend {
        @Override
        public String target() {
            return MODULE;
        }

        @Override
        public void apply(ClassNode target) {
            MethodNode packInto = Mend.method(target, "pack_into", "(" + STRING + FORMATS + "II[" + OBJECT + ")V");
            InsnList code = new InsnList();
            code.add(argument(0));
            code.add(argument(1));
            for (int parameter = 0; parameter < 5; parameter++) {
                code.add(new VarInsnNode(parameter < 2 || parameter == 4 ? Opcodes.ALOAD : Opcodes.ILOAD, parameter));
                if (parameter == 3) {
                    code.add(new InsnNode(Opcodes.ICONST_2));
                    code.add(new InsnNode(Opcodes.IADD));
                }
            }
            code.add(new MethodInsnNode(
                    Opcodes.INVOKESTATIC,
                    MODULE,
                    "pack",
                    "(" + STRING + FORMATS + "II[" + OBJECT + ")L" + BYTES + ";",
                    false));
            code.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, BYTES, "toString", "()" + STRING, false));
            code.add(new MethodInsnNode(
                    Opcodes.INVOKESTATIC, STRUCTS, "into", "(" + OBJECT + OBJECT + STRING + ")V", false));
            code.add(new InsnNode(Opcodes.RETURN));
            replace(packInto, code);

            InsnList empty = new InsnList();
            LabelNode chosen = new LabelNode();
            empty.add(new VarInsnNode(Opcodes.ALOAD, 0));
            empty.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, "java/lang/String", "isEmpty", "()Z", false));
            empty.add(new JumpInsnNode(Opcodes.IFEQ, chosen));
            empty.add(new LdcInsnNode("@"));
            empty.add(new VarInsnNode(Opcodes.ASTORE, 0));
            empty.add(chosen);
            Mend.method(target, "whichtable", "(" + STRING + ")" + FORMATS)
                    .instructions
                    .insert(empty);

            // The others of the name are for one type each.
            target.methods.removeIf(method -> (method.access & Opcodes.ACC_PUBLIC) != 0
                    && (method.name.equals("unpack") || method.name.equals("unpack_from")));
            target.methods.add(function("unpack", "", "(" + OBJECT + ")"));
            target.methods.add(function("unpack_from", "I", "(" + OBJECT + "I)"));
            target.methods.add(function("unpack_from", "", "(" + OBJECT + "I)"));
        }

        private static InsnList argument(int index) {
            InsnList code = new InsnList();
            code.add(new VarInsnNode(Opcodes.ALOAD, 4));
            code.add(new VarInsnNode(Opcodes.ILOAD, 3));
            code.add(new InsnNode(index == 0 ? Opcodes.ICONST_0 : Opcodes.ICONST_1));
            code.add(new InsnNode(Opcodes.IADD));
            code.add(new InsnNode(Opcodes.AALOAD));
            return code;
        }

        /** {@code name(format, source[, offset])}. */
        private static MethodNode function(String name, String offset, String parameters) {
            MethodNode function = new MethodNode(
                    Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
                    name,
                    "(" + STRING + OBJECT + offset + ")" + TUPLE,
                    null,
                    null);
            InsnList code = new InsnList();
            code.add(new TypeInsnNode(Opcodes.NEW, TYPE));
            code.add(new InsnNode(Opcodes.DUP));
            code.add(new TypeInsnNode(Opcodes.NEW, "org/python/core/PyString"));
            code.add(new InsnNode(Opcodes.DUP));
            code.add(new VarInsnNode(Opcodes.ALOAD, 0));
            code.add(new MethodInsnNode(
                    Opcodes.INVOKESPECIAL, "org/python/core/PyString", "<init>", "(" + STRING + ")V", false));
            code.add(new MethodInsnNode(Opcodes.INVOKESPECIAL, TYPE, "<init>", "(" + STR + ")V", false));
            code.add(new VarInsnNode(Opcodes.ALOAD, 1));
            if (!offset.isEmpty()) {
                code.add(new VarInsnNode(Opcodes.ILOAD, 2));
            } else if (parameters.endsWith("I)")) {
                code.add(new InsnNode(Opcodes.ICONST_0));
            }
            code.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, TYPE, name, parameters + TUPLE, false));
            code.add(new InsnNode(Opcodes.ARETURN));
            function.instructions = code;
            return function;
        }
    }

    private static void replace(MethodNode method, InsnList code) {
        method.instructions.clear();
        method.tryCatchBlocks.clear();
        method.localVariables = null;
        method.instructions.add(code);
    }
}
