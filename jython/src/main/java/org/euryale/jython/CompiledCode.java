package org.euryale.jython;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.python.antlr.base.mod;
import org.python.compiler.Module;
import org.python.core.BytecodeLoader;
import org.python.core.CompileMode;
import org.python.core.CompilerFlags;
import org.python.core.ParserFacade;
import org.python.core.Py;
import org.python.core.PyCode;
import org.python.core.PyException;

/**
 * What modules compile while they are imported: {@code attrs} and {@code namedtuple} write the methods of a class as text,
 * the same at every start. It is kept as class files ({@link ImportCache}), and a start that finds all of it there needs
 * no compiler: one of Twisted's compiles ninety such texts.
 */
public final class CompiledCode {
    /** In characters. */
    private static final int LONGEST = 1 << 16;

    private static final String PACKAGE = "org.python.pycode.";

    private CompiledCode() {}

    /**
     * The code of a text, for the prepared core ({@code CodeOfImports}): kept from another start, or compiled and kept.
     * Any thread may ask.
     *
     * @return null if it is for Jython to compile
     * @throws PyException SyntaxError, as Jython has it
     */
    public static @Nullable PyCode ofImport(
            String source, CompileMode mode, String filename, @Nullable CompilerFlags flags) {
        if (flags == null
                || flags.only_ast
                || flags.dont_imply_dedent
                || flags.encoding != null
                || mode == CompileMode.single
                || source.length() > LONGEST
                || source.contains("__future__") // which sets flags of the caller's
                || Py.getSystemState().warnoptions.__nonzero__() // which may make an error of a warning
                || !ImportCache.isOpen()) {
            return null;
        }
        String name = ImportCache.name("code", mode.name(), Integer.toString(flags.toBits()), source);
        PyCode kept = read(name, filename);
        return kept != null ? kept : compiled(name, source, mode, filename, flags);
    }

    private static @Nullable PyCode read(String name, String filename) {
        byte[] compiled = ImportCache.read(name);
        try {
            return compiled == null ? null : BytecodeLoader.makeCode(PACKAGE + name, compiled, filename);
        } catch (LinkageError | PyException e) {
            return null; // it was changed: it is written anew
        }
    }

    private static @Nullable PyCode compiled(
            String name, String source, CompileMode mode, String filename, CompilerFlags flags) {
        mod tree = ParserFacade.parse(source, mode, filename, flags);
        ByteArrayOutputStream compiled = new ByteArrayOutputStream();
        try {
            Module.compile(tree, compiled, PACKAGE.replace('.', '/') + name, filename, true, false, flags);
        } catch (Exception e) { // what is too large for the JVM, for one, is for Jython
            return null;
        }
        ImportCache.write(name, compiled.toByteArray());
        return BytecodeLoader.makeCode(PACKAGE + name, compiled.toByteArray(), filename);
    }
}
