package org.euryale.core;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * The JDK's locales are listed when {@code locale.setlocale} looks for one. Jython lists them at each start, when it makes
 * its exception classes, which takes a tenth of it.
 */
final class LazyLocales implements Mend {
    private static final String LOCALE = "java/util/Locale";
    private static final String SET = "java/util/HashSet";

    @Override
    public String target() {
        return "org/python/modules/_locale/_locale";
    }

    @Override
    public void apply(ClassNode target) {
        boolean listed = false;
        boolean used = false;
        for (MethodNode method : target.methods) {
            for (AbstractInsnNode instruction : method.instructions) {
                if (method.name.equals("<clinit>") && isList(instruction)) {
                    InsnList none = new InsnList();
                    none.add(new InsnNode(Opcodes.ICONST_0));
                    none.add(new TypeInsnNode(Opcodes.ANEWARRAY, LOCALE));
                    method.instructions.insert(instruction, none);
                    method.instructions.remove(instruction);
                    listed = true;
                } else if (instruction instanceof FieldInsnNode field
                        && field.getOpcode() == Opcodes.GETSTATIC
                        && field.name.equals("AVAILABLE_LOCALES")) {
                    method.instructions.insert(field, all());
                    method.instructions.remove(field);
                    used = true;
                }
            }
        }
        if (!listed || !used) {
            throw new IllegalStateException(
                    target.name + " keeps no list of locales; is this another version of Jython?");
        }
    }

    private static boolean isList(AbstractInsnNode instruction) {
        return instruction instanceof MethodInsnNode call
                && call.owner.equals(LOCALE)
                && call.name.equals("getAvailableLocales");
    }

    /** {@code new HashSet(Arrays.asList(Locale.getAvailableLocales()))}. */
    private static InsnList all() {
        InsnList all = new InsnList();
        all.add(new TypeInsnNode(Opcodes.NEW, SET));
        all.add(new InsnNode(Opcodes.DUP));
        all.add(new MethodInsnNode(
                Opcodes.INVOKESTATIC, LOCALE, "getAvailableLocales", "()[Ljava/util/Locale;", false));
        all.add(new MethodInsnNode(
                Opcodes.INVOKESTATIC, "java/util/Arrays", "asList", "([Ljava/lang/Object;)Ljava/util/List;", false));
        all.add(new MethodInsnNode(Opcodes.INVOKESPECIAL, SET, "<init>", "(Ljava/util/Collection;)V", false));
        return all;
    }
}
