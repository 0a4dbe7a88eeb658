package org.euryale.jython;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * The JDK's only door to signals, {@code sun.misc.Signal} of the module jdk.unsupported, by reflection: javac warns of
 * every mention of it and offers no way to say that it is meant.
 */
final class JvmSignals {
    private static final Class<?> SIGNAL;
    private static final Class<?> HANDLER;
    private static final Method HANDLE;
    private static final Method NUMBER;

    static final Action DEFAULT;
    static final Action IGNORE;

    static {
        try {
            SIGNAL = Class.forName("sun.misc.Signal");
            HANDLER = Class.forName("sun.misc.SignalHandler");
            HANDLE = SIGNAL.getMethod("handle", SIGNAL, HANDLER);
            NUMBER = SIGNAL.getMethod("getNumber");
            DEFAULT = new Action(HANDLER.getField("SIG_DFL").get(null));
            IGNORE = new Action(HANDLER.getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this JVM has no sun.misc.Signal", e);
        }
    }

    private JvmSignals() {}

    /** What a signal does; holds a sun.misc.SignalHandler. */
    static final class Action {
        private final Object handler;

        private Action(Object handler) {
            this.handler = handler;
        }
    }

    /** An action that calls {@code receiver} with the signal's number, on a thread of the JVM's. */
    static Action calling(IntConsumer receiver) {
        return new Action(Proxy.newProxyInstance(
                HANDLER.getClassLoader(),
                new Class<?>[] {HANDLER},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "handle" -> {
                        receiver.accept((Integer) NUMBER.invoke(arguments[0]));
                        yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "signal action";
                }));
    }

    /**
     * Sets what the signal of this name does.
     *
     * @return what it did
     * @throws IllegalArgumentException for signals that the JVM keeps for itself
     */
    static Action install(String name, Action action) {
        try {
            Object signal = SIGNAL.getConstructor(String.class).newInstance(name);
            return new Action(HANDLE.invoke(null, signal, action.handler));
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this JVM has no sun.misc.Signal", e);
        }
    }
}
