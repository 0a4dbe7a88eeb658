package org.euryale.jython;

import org.python.core.Py;
import org.python.core.PyCode;
import org.python.core.PyModule;
import org.python.core.PyObject;
import org.python.core.PyRunnable;
import org.python.core.PyString;
import org.python.core.PyStringMap;
import org.python.core.PyType;
import org.python.core.imp;
import org.python.modules.posix.PosixModule;

/**
 * A module of {@code lib/}, offered as a builtin one: its class was compiled at build time and is shared by all
 * interpreters, while each import runs it into a fresh module. Jython makes one of these, by the no-argument
 * constructor of its subclass, for each import.
 */
public abstract class PythonModule implements PyRunnable {
    private static final String PACKAGE = "org.euryale.lib.";

    private final String name;

    PythonModule(String name) {
        this.name = name;
    }

    @Override
    public PyCode getMain() {
        Repairs.install();
        // imp.createFromCode warns of a module that does not know where it came from.
        imp.addModule(name).__setattr__("__file__", new PyString(file(name)));
        return code(name.replace('.', '/'));
    }

    private static String file(String name) {
        return "<euryale>/" + name.replace('.', '/') + ".py";
    }

    /** The compiled code of a file of {@code lib/}, named without its ending. */
    static PyCode code(String name) {
        return Library.code(PACKAGE + name.replace('/', '.') + "$py", file(name));
    }

    /** The module {@code socket}. */
    public static final class Socket extends PythonModule {
        public Socket() {
            super("socket");
        }
    }

    /** The module {@code ssl}. */
    public static final class Ssl extends PythonModule {
        public Ssl() {
            super("ssl");
        }
    }

    /** The module {@code OpenSSL.SSL}. */
    public static final class OpenSslSsl extends PythonModule {
        public OpenSslSsl() {
            super("OpenSSL.SSL");
        }
    }

    /** The module {@code errno}. */
    public static final class ErrnoNames extends PythonModule {
        public ErrnoNames() {
            super("errno");
        }
    }

    /** The module {@code cPickle}. */
    public static final class PickleNames extends PythonModule {
        public PickleNames() {
            super("cPickle");
        }
    }

    /** The module {@code gc}. */
    public static final class CollectorNames extends PythonModule {
        public CollectorNames() {
            super("gc");
        }
    }

    /** The module {@code thread}. */
    public static final class ThreadNames extends PythonModule {
        public ThreadNames() {
            super("thread");
        }
    }

    /** The module {@code signal}. */
    public static final class Signals extends PythonModule {
        public Signals() {
            super("signal");
        }
    }

    /** The module {@code time}. */
    public static final class Time extends PythonModule {
        public Time() {
            super("time");
        }
    }

    /** The module {@code posix}. */
    public static final class Posix extends PythonModule {
        public Posix() {
            super("posix");
        }

        /** Gives the module what it stands on: an import of Java classes by Python would cost much of a start. */
        @Override
        public PyCode getMain() {
            PyCode body = super.getMain();
            PyObject ours = new PyStringMap();
            DescriptorFunctions.into(ours);
            PyModule module = imp.addModule("posix");
            PyObject jythons = PyType.fromClass(PosixModule.class);
            ours.__setitem__("kill", SignalFunctions.kill(jythons.__getattr__("kill")));
            module.__setattr__("_ours", ours);
            module.__setattr__("_jython", jythons);
            module.__setattr__(
                    "_plain",
                    new Function(
                            new Signature("_plain", 1, 1), "", a -> PlainFunction.of(SocketMethods.required(a[0]))));
            // Whether the C library can be called is not asked: to bind it costs much of a start.
            boolean linux = Platform.isLinux() && KernelNumbers.available();
            module.__setattr__("_kernel", linux ? NativePosix.java2py(KernelFunctions.class) : Py.None);
            module.__setattr__("_credentials", Platform.isLinux() ? NativePosix.java2py(Credentials.class) : Py.None);
            return body;
        }
    }

    /** The module {@code fcntl}. */
    public static final class Fcntl extends PythonModule {
        public Fcntl() {
            super("fcntl");
        }
    }

    /** The module {@code resource}. */
    public static final class Resource extends PythonModule {
        public Resource() {
            super("resource");
        }
    }

    /** The module {@code stringprep}, which Jython lacks. */
    public static final class Stringprep extends PythonModule {
        public Stringprep() {
            super("stringprep");
        }
    }

    /** The module {@code syslog}, which Jython lacks. */
    public static final class Syslog extends PythonModule {
        public Syslog() {
            super("syslog");
        }
    }

    /** The module {@code euryale.timezones}. */
    public static final class Timezones extends PythonModule {
        public Timezones() {
            super("euryale.timezones");
        }
    }

    /** The module {@code twisted.python._inotify}, which Twisted has by ctypes. */
    public static final class Inotify extends PythonModule {
        public Inotify() {
            super("twisted.python._inotify");
        }
    }

    /** The module {@code service_identity.cryptography}, which needs a package that cannot be had. */
    public static final class ServiceIdentity extends PythonModule {
        public ServiceIdentity() {
            super("service_identity.cryptography");
        }
    }

    /** The module {@code spwd}, which Jython lacks. */
    public static final class Spwd extends PythonModule {
        public Spwd() {
            super("spwd");
        }
    }

    /** The module {@code termios}. */
    public static final class Termios extends PythonModule {
        public Termios() {
            super("termios");
        }
    }

    /** The package {@code OpenSSL}. */
    public static final class OpenSsl extends PythonModule {
        public OpenSsl() {
            super("OpenSSL");
        }
    }

    /** The module {@code OpenSSL._util}. */
    public static final class OpenSslShared extends PythonModule {
        public OpenSslShared() {
            super("OpenSSL._util");
        }
    }

    /** The module {@code OpenSSL.crypto}. */
    public static final class OpenSslCrypto extends PythonModule {
        public OpenSslCrypto() {
            super("OpenSSL.crypto");
        }
    }

    /** The module {@code OpenSSL.rand}. */
    public static final class OpenSslRand extends PythonModule {
        public OpenSslRand() {
            super("OpenSSL.rand");
        }
    }

    /** The module {@code OpenSSL.version}. */
    public static final class OpenSslVersion extends PythonModule {
        public OpenSslVersion() {
            super("OpenSSL.version");
        }
    }

    /** The module {@code euryale}. */
    public static final class Own extends PythonModule {
        public Own() {
            super("euryale");
        }
    }

    /** The module {@code euryale.reactor}. */
    public static final class TwistedReactor extends PythonModule {
        public TwistedReactor() {
            super("euryale.reactor");
        }
    }

    /** The module {@code euryale.tls}. */
    public static final class TwistedTls extends PythonModule {
        public TwistedTls() {
            super("euryale.tls");
        }
    }

    /** The module {@code euryale.children}. */
    public static final class ChildrenNames extends PythonModule {
        public ChildrenNames() {
            super("euryale.children");
        }
    }

    /** The module {@code euryale.process}. */
    public static final class Processes extends PythonModule {
        public Processes() {
            super("euryale.process");
        }
    }
}
