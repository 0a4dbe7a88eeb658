package org.euryale.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/**
 * Makes the prepared core from Jython's released jar: the same entries, with the mends applied and old class files
 * written anew ({@link Framed}), and without {@code Lib}, which the launcher has unpacked beside it.
 */
public final class PreparedCore {
    private static final List<Mend> MENDS = Stream.of(
                    Stream.of(
                            new ArgumentsInTuple(),
                            new ClassesOfDirectories(),
                            new ClassicClassIdentity(),
                            new ExitMessageToStderr(),
                            new FieldsWithoutNames(),
                            new FileReadsAsBytes(),
                            new FinishedGenerators(),
                            new FlagsOfCode(),
                            new FormatOfMapping(),
                            new FramesOfHandlers(),
                            new ImporterCacheForDirectories(),
                            new LazyLocales(),
                            new LazyNativePosix(),
                            new LibraryFromClasses(),
                            new LostStandardOutput(),
                            new MethodCacheSize(),
                            new MethodRepr(),
                            new MissedSubmodules(),
                            new PackagesOfOtherNames(),
                            new PathItemsOfDirectories(),
                            new PickledByName(),
                            new SourceFileName(),
                            new ThrownIntoGenerators(),
                            new UnsetExceptionMembers()),
                    BuffersOfStruct.everywhere(),
                    CodeOfImports.everywhere(),
                    DivisionByZero.everywhere(),
                    NumbersOfStruct.everywhere(),
                    ReprGuard.everywhere(),
                    StackOverflows.everywhere())
            .flatMap(mends -> mends)
            .toList();

    /** Where the standard library is in Jython's jar. */
    static final String LIBRARY = "Lib/";

    /** What {@code euryale doctor} and {@code lib/compat} read in a prepared core: the names of the mends, a line each. */
    static final String NAMES = "META-INF/euryale-mends";

    private static final String CLASS = ".class";

    private PreparedCore() {}

    /** {@code PreparedCore JYTHON.jar PREPARED.jar}. */
    public static void main(String[] arguments) throws IOException {
        make(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    /**
     * Makes {@code prepared}, which others see only once it is whole.
     *
     * @throws IllegalStateException if a mend finds no place: the jar is of another version
     */
    static void make(Path jython, Path prepared) throws IOException {
        try (ZipFile from = new ZipFile(jython.toFile())) {
            Jars.write(prepared, to -> copy(from, to));
        }
    }

    private static void copy(ZipFile from, ZipOutputStream to) throws IOException {
        Hierarchy hierarchy = new Hierarchy(from);
        Map<String, List<Mend>> missing = MENDS.stream().collect(Collectors.groupingBy(mend -> mend.target() + CLASS));
        for (ZipEntry entry : Collections.list(from.entries())) {
            if (!entry.getName().startsWith(LIBRARY)) {
                List<Mend> mends = missing.remove(entry.getName());
                try (InputStream file = from.getInputStream(entry)) {
                    byte[] content = file.readAllBytes();
                    if (mends != null) {
                        content = mended(content, mends, hierarchy);
                    } else if (entry.getName().endsWith(CLASS)) {
                        content = Framed.of(content, hierarchy);
                    }
                    Jars.add(to, entry.getName(), entry.getTime(), content);
                }
            }
        }
        Jars.add(to, NAMES, 0, String.join("\n", names()).getBytes(StandardCharsets.US_ASCII));
        if (!missing.isEmpty()) {
            throw new IllegalStateException(from.getName() + " has no " + missing.keySet());
        }
    }

    /** Each once, in order; some are several changes. */
    static SortedSet<String> names() {
        return MENDS.stream()
                .map(mend -> mend.getClass().getNestHost().getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static byte[] mended(byte[] classFile, List<Mend> mends, Hierarchy hierarchy) {
        ClassNode target = new ClassNode();
        new ClassReader(classFile).accept(target, ClassReader.SKIP_FRAMES);
        mends.forEach(mend -> mend.apply(target));
        Framed written = new Framed(hierarchy);
        target.accept(written.raised());
        return written.toByteArray();
    }
}
