package org.euryale.jython;

import java.util.Set;
import java.util.stream.Collectors;
import org.python.core.PyObject;

/** Which names Java packages begin with, for the prepared core ({@code PackagesOfOtherNames}). Any thread may ask. */
public final class JavaPackages {
    /** The first words of the JDK's packages. */
    private static final Set<String> JDK = ModuleLayer.boot().modules().stream()
            .flatMap(module -> module.getPackages().stream())
            .map(JavaPackages::firstWord)
            .collect(Collectors.toUnmodifiableSet());

    private JavaPackages() {}

    /**
     * Whether a package that Jython's class loaders have defined so far, or one of the JDK's, begins with the same word as
     * this name. Where none does, neither the name nor anything below it is a package.
     *
     * @param name a module's or a package's full name
     */
    public static boolean mayHave(String name) {
        String word = firstWord(name);
        if (JDK.contains(word)) {
            return true;
        }
        for (ClassLoader loader = PyObject.class.getClassLoader(); loader != null; loader = loader.getParent()) {
            for (Package defined : loader.getDefinedPackages()) {
                String other = defined.getName();
                if (other.startsWith(word) && (other.length() == word.length() || other.charAt(word.length()) == '.')) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String firstWord(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
