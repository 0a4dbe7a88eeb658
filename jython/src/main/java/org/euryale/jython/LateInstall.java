package org.euryale.jython;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.python.core.Py;
import org.python.core.PyException;
import org.python.core.PyFunction;
import org.python.core.PyInteger;
import org.python.core.PyModule;
import org.python.core.PyObject;
import org.python.core.PyReflectedFunction;
import org.python.core.PyStringMap;
import org.python.core.PySystemState;
import org.python.core.PyType;

/*
 * How modules are mended in place
 * -------------------------------
 * A program that runs has references to Jython's own modules, and its open sockets are objects of theirs. So a module
 * object stays and gets a new dictionary, into which our module runs; the old dictionary goes on to be the globals of the
 * old functions and classes, and what is open works to its end. Modules of Jython's that are Java classes (time, errno,
 * thread, posix) are shared by all interpreters and cannot change: those are replaced in sys.modules, and wherever a
 * module refers to one.
 *
 * Names that were copied from an old module hold its functions, classes or numbers. Modules of Jython's Lib get the new
 * ones, os above all, which is a copy of posix. A program's own modules are left alone, and what they copied is told:
 * to change it behind the program's back would leave halves of it on either side.
 */

/** What {@link Euryale#install} does to the calling thread's interpreter. */
@SuppressWarnings("ReferenceEquality") // equality of Python objects is the program's; the very object is meant
final class LateInstall {
    /** Methods that every Java class has, a module that is one as well. */
    private static final Set<String> OBJECTS =
            Arrays.stream(Object.class.getMethods()).map(Method::getName).collect(Collectors.toSet());

    /** A module of Jython's ssl alone, which goes with it. */
    private static final String JYTHONS_TLS = "_sslcerts";

    private final PySystemState state;

    /** Functions and classes that the old modules made, by {@link #identity}, each with the name it had. */
    private final IdentityHashMap<Object, Name> old = new IdentityHashMap<>();

    /** Numbers of the old modules that are others now, by the names that programs copy. */
    private final Map<String, Name> numbers = new HashMap<>();

    /** Modules that are Java classes, and what stands in their place. */
    private final IdentityHashMap<PyObject, PyObject> replaced = new IdentityHashMap<>();

    private final List<String> left = new ArrayList<>();

    LateInstall(PySystemState state) {
        this.state = state;
    }

    /** Where a thing was: a name in a module, and what the module has there now. */
    private record Name(String module, String name, PyObject was) {
        @Nullable
        PyObject now(PySystemState state) {
            PyObject module = state.modules.__finditem__(this.module);
            return module == null ? null : module.__findattr__(name.intern());
        }

        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    List<String> run() {
        ModuleFinder.install();
        FileObjects.install();
        Repairs.install();
        for (String name : Modules.names()) {
            PyObject module = state.modules.__finditem__(name);
            if (module != null && module != Py.None && !Modules.isOurs(module)) {
                mend(name, module);
            }
        }
        old.entrySet()
                .removeIf(
                        entry -> { // ours has it from there
                            PyObject now = entry.getValue().now(state);
                            return now != null && identity(now) == entry.getKey();
                        });
        numbers.values().removeIf(number -> {
            PyObject now = number.now(state);
            return now == null || now.equals(number.was());
        });
        extendOs();
        repair();
        for (Map.Entry<String, PyModule> entry : modules().entrySet()) {
            if (!Modules.isOurs(entry.getValue()) && !entry.getKey().equals(JYTHONS_TLS)) {
                references(entry.getKey(), entry.getValue());
            }
        }
        return left;
    }

    private Map<String, PyModule> modules() {
        Map<String, PyModule> modules = new TreeMap<>();
        for (PyObject item : state.modules.invoke("items").asIterable()) {
            if (item.__getitem__(1) instanceof PyModule module && module.__dict__ != null) {
                modules.put(item.__getitem__(0).toString(), module);
            }
        }
        return modules;
    }

    private void mend(String name, PyObject module) {
        note(name, module);
        PyObject before = module instanceof PyModule own ? own.__dict__ : null;
        if (module instanceof PyModule own) {
            PyStringMap fresh = new PyStringMap();
            fresh.__setitem__("__name__", Py.newString(name));
            own.__dict__ = fresh;
        } else {
            state.modules.__delitem__(name);
        }
        try {
            PyObject now = Modules.load(name);
            if (now != module) {
                replaced.put(module, now);
            }
        } catch (PyException e) {
            if (!e.match(Py.ImportError)) {
                throw e;
            }
            state.modules.__setitem__(name, module);
            if (module instanceof PyModule own && before != null) {
                own.__dict__ = before;
            }
            left.add(name + " is Jython's own, on Jython's own sockets: " + e.value.__findattr__("message"));
        }
    }

    private void note(String name, PyObject module) {
        for (PyObject key : module.__dir__().asIterable()) {
            String attribute = key.toString();
            PyObject value = module.__findattr__(attribute.intern());
            if (value instanceof PyInteger && attribute.equals(attribute.toUpperCase(Locale.ROOT))) {
                numbers.put(attribute, new Name(name, attribute, value));
            } else if (value != null && isMadeBy(name, module, value)) {
                old.put(identity(value), new Name(name, attribute, value));
            }
        }
    }

    /** Whether it is a function or class of the module's own, not something that was imported there. */
    private static boolean isMadeBy(String name, PyObject module, PyObject value) {
        if (!(module instanceof PyModule)) {
            return value instanceof PyReflectedFunction function && !OBJECTS.contains(function.__name__);
        }
        PyObject maker =
                value instanceof PyType || value instanceof PyFunction ? value.__findattr__("__module__") : null;
        // Jython's socket and select are names for what is in its _socket.
        String from = name.equals("socket") || name.equals("select") ? "_socket" : name;
        return maker != null && maker.toString().equals(from);
    }

    /** A function of a Java class is another object each time it is asked for; what it calls is the same. */
    private static Object identity(PyObject value) {
        return value instanceof PyReflectedFunction function && function.nargs > 0 ? function.argslist[0] : value;
    }

    /** Modules of Lib that our files mend get that now, and what others copied from them is known as old. */
    private void repair() {
        for (String name : Repairs.names()) {
            if (state.modules.__finditem__(name) instanceof PyModule module && Repairs.isJythons(name, module)) {
                Map<PyObject, PyObject> before = new HashMap<>();
                for (PyObject item : module.__dict__.invoke("items").asIterable()) {
                    before.put(item.__getitem__(0), item.__getitem__(1));
                }
                Repairs.install().repair(name, module);
                before.forEach((key, value) -> {
                    if (module.__dict__.__finditem__(key) != value) {
                        old.put(identity(value), new Name(name, key.toString(), value));
                    }
                });
            }
        }
    }

    /** What {@code from posix import *} would have given os now that it did not give before. */
    private void extendOs() {
        PyObject os = state.modules.__finditem__("os");
        PyObject posix = state.modules.__finditem__("posix");
        if (!(os instanceof PyModule own) || !replaced.containsValue(posix)) {
            return;
        }
        PyObject all = own.__dict__.__finditem__("__all__");
        for (PyObject name : posix.__getattr__("__all__").asIterable()) {
            if (own.__dict__.__finditem__(name) == null) {
                own.__dict__.__setitem__(name, posix.__getattr__(name.toString().intern()));
                if (all != null) {
                    all.invoke("append", name);
                }
            }
        }
    }

    private void references(String name, PyModule module) {
        boolean isLibrary = Repairs.isJythons(name, module);
        for (PyObject item : module.__dict__.invoke("items").asIterable()) {
            PyObject key = item.__getitem__(0);
            PyObject value = item.__getitem__(1);
            PyObject stand = replaced.get(value);
            if (stand != null) {
                module.__dict__.__setitem__(key, stand);
                continue;
            }
            Name copied = value instanceof PyInteger ? number(key.toString(), value) : old.get(identity(value));
            if (copied != null) {
                PyObject now = copied.now(state);
                if (isLibrary && now != null) {
                    module.__dict__.__setitem__(key, now);
                } else {
                    left.add(name + "." + key + " is Jython's " + copied);
                }
            } else if (!isLibrary) {
                derived(name + "." + key, value);
            }
        }
    }

    private @Nullable Name number(String key, PyObject value) {
        Name number = numbers.get(key);
        return number != null && number.was().equals(value) ? number : null;
    }

    /** A class that was made from one of the old ones, or an object of one: an open socket, say. */
    private void derived(String where, PyObject value) {
        Name of = old.get(value.getType());
        if (of != null) {
            left.add(where + " is an object of Jython's " + of);
        } else if (value instanceof PyType type) {
            for (PyObject base : type.getMro().getArray()) {
                Name name = old.get(base);
                if (name != null) {
                    left.add(where + " is a class made from Jython's " + name);
                    return;
                }
            }
        }
    }
}
