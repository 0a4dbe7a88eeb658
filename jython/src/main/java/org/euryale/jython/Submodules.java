package org.euryale.jython;

import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyObject;

/** What packages have not, for the prepared core ({@code MissedSubmodules}). */
public final class Submodules {
    private Submodules() {}

    /**
     * A module of a package has imported {@code name}, which was not found in the package and was found elsewhere: no
     * import looks for it there again. The caller holds the interpreter's import lock.
     *
     * @param parent the package, null where there is none
     * @param parentName its full name, null where there is none
     */
    public static void missed(@Nullable PyObject parent, @Nullable String parentName, String name) {
        if (parent != null && parentName != null) {
            Py.getSystemState().modules.__setitem__((parentName + '.' + name).intern(), Py.None);
        }
    }
}
