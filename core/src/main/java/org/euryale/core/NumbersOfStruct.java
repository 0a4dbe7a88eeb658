package org.euryale.core;

import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * A number that is too large for its format is an error, floats and what has an {@code __index__} or {@code __int__} are
 * numbers, and there is the format {@code ?}, by {@code Structs}. Jython packs the lower bytes of a large number, without
 * a word: a length field is wrong then, and what follows it is read as something else.
 */
final class NumbersOfStruct {
    private static final String STRUCTS = "org/euryale/jython/Structs";
    private static final String MODULE = "org/python/modules/struct";
    private static final String FORMAT = MODULE + "$FormatDef";
    private static final String BYTE = MODULE + "$UnsignedByteFormatDef";
    private static final String OBJECT = "Lorg/python/core/PyObject;";
    private static final String BYTES = "L" + MODULE + "$ByteStream;";

    private NumbersOfStruct() {}

    static Stream<Mend> everywhere() {
        return Stream.of(new OfFormat(), new OfModule());
    }

    /** One format of a letter, as often as its count says. */
    private static final class OfFormat implements Mend {
        @Override
        public String target() {
            return FORMAT;
        }

        @Override
        public void apply(ClassNode target) {
            InsnList packed = field("name", "C");
            packed.add(field("size", "I"));
            packed.add(
                    new MethodInsnNode(Opcodes.INVOKESTATIC, STRUCTS, "packed", "(" + OBJECT + "CI)" + OBJECT, false));
            MethodNode pack = Mend.method(target, "doPack", "(" + BYTES + "II[" + OBJECT + ")I");
            pack.instructions.insertBefore(Mend.call(target, pack, "pack"), packed);

            InsnList unpacked = field("name", "C");
            unpacked.add(
                    new MethodInsnNode(Opcodes.INVOKESTATIC, STRUCTS, "unpacked", "(" + OBJECT + "C)" + OBJECT, false));
            MethodNode unpack = Mend.method(target, "doUnpack", "(" + BYTES + "ILorg/python/core/PyList;)V");
            unpack.instructions.insert(Mend.call(target, unpack, "java2py"), unpacked);
        }

        private static InsnList field(String name, String type) {
            InsnList code = new InsnList();
            code.add(new VarInsnNode(Opcodes.ALOAD, 0));
            code.add(new FieldInsnNode(Opcodes.GETFIELD, FORMAT, name, type));
            return code;
        }
    }

    /** What a letter means. */
    private static final class OfModule implements Mend {
        @Override
        public String target() {
            return MODULE;
        }

        @Override
        public void apply(ClassNode target) {
            InsnList code = new InsnList();
            LabelNode other = new LabelNode();
            code.add(new VarInsnNode(Opcodes.ILOAD, 0));
            code.add(new IntInsnNode(Opcodes.BIPUSH, '?'));
            code.add(new JumpInsnNode(Opcodes.IF_ICMPNE, other));
            code.add(new TypeInsnNode(Opcodes.NEW, BYTE));
            code.add(new InsnNode(Opcodes.DUP));
            code.add(new MethodInsnNode(Opcodes.INVOKESPECIAL, BYTE, "<init>", "()V", false));
            code.add(new IntInsnNode(Opcodes.BIPUSH, '?'));
            code.add(new InsnNode(Opcodes.ICONST_1));
            code.add(new InsnNode(Opcodes.ICONST_0));
            code.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, FORMAT, "init", "(CII)L" + FORMAT + ";", false));
            code.add(new InsnNode(Opcodes.ARETURN));
            code.add(other);
            Mend.method(target, "getentry", "(C[L" + FORMAT + ";)L" + FORMAT + ";")
                    .instructions
                    .insert(code);
        }
    }
}
