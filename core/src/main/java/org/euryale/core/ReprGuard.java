package org.euryale.core;

import java.util.List;
import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * While the {@code repr} of a list is made its thread notes the list, so that one that holds itself shows as {@code [...]}.
 * Where the {@code repr} of an element raises, Jython leaves the note where it is, and the list says {@code [...]} from
 * then on. Here it is taken back whatever happens.
 */
final class ReprGuard implements Mend {
    private static final String ENTER = "enterRepr";
    private static final String EXIT = "exitRepr";

    private final String target;
    private final String method;

    private ReprGuard(String target, String method) {
        this.target = target;
        this.method = method;
    }

    /** One for each kind of container that has such a note. */
    static Stream<Mend> everywhere() {
        return Stream.of(
                new ReprGuard("org/python/core/BaseDictionaryView", "dict_view_toString"),
                new ReprGuard("org/python/core/BaseSet", "baseset_toString"),
                new ReprGuard("org/python/core/PyDictionary", "dict_toString"),
                new ReprGuard("org/python/core/PyList", "list_toString"),
                new ReprGuard("org/python/core/PyStringMap", "stringmap_toString"),
                new ReprGuard("org/python/modules/_collections/PyDeque", "deque_toString"));
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public void apply(ClassNode changed) {
        MethodNode repr = Mend.method(changed, method, "()Ljava/lang/String;");
        MethodInsnNode enter = call(changed, repr, ENTER);
        MethodInsnNode exit = call(changed, repr, EXIT);
        AbstractInsnNode ofObject = exit.getPrevious();
        AbstractInsnNode ofThread = ofObject.getPrevious();
        LabelNode start = new LabelNode();
        LabelNode end = new LabelNode();
        LabelNode raised = new LabelNode();
        repr.instructions.insert(enter, start);
        repr.instructions.insertBefore(ofThread, end);
        repr.instructions.add(raised);
        List.of(ofThread, ofObject, exit).forEach(instruction -> repr.instructions.add(instruction.clone(null)));
        repr.instructions.add(new InsnNode(Opcodes.ATHROW));
        repr.tryCatchBlocks.add(new TryCatchBlockNode(start, end, raised, null));
    }

    private static MethodInsnNode call(ClassNode changed, MethodNode repr, String name) {
        for (AbstractInsnNode instruction : repr.instructions) {
            if (instruction instanceof MethodInsnNode call
                    && call.name.equals(name)
                    && call.getPrevious() instanceof VarInsnNode
                    && call.getPrevious().getPrevious() instanceof VarInsnNode) {
                return call;
            }
        }
        throw new IllegalStateException(
                changed.name + "." + repr.name + " has no " + name + "; is this another version of Jython?");
    }
}
