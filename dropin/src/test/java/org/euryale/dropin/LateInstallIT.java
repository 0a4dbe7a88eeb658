package org.euryale.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.dropin.Jars.DROPIN;
import static org.euryale.dropin.Jars.STANDALONE;
import static org.euryale.dropin.Jars.urls;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A Jython that has run, and has used its own sockets, before Euryale comes. */
class LateInstallIT {
    /** As a program may have been going for a while; it reaches our modules by those that it has imported. */
    private static final String BEFORE = """
            import asyncore, errno, io, os, select, signal, socket, subprocess, sys, thread, threading, time
            import httplib, SocketServer
            from socket import AF_INET6, socket as copied
            class Mine(socket.socket):
                pass
            listener = socket.socket()
            listener.bind(('127.0.0.1', 0))
            listener.listen(1)
            create = socket.create_connection
            modules = errno, os, select, signal, socket, subprocess, thread, threading, time
            """;

    private static final String TALK = """
            def talk(connect, listener):
                c = connect(listener.getsockname())
                s = listener.accept()[0]
                c.sendall('through')
                data = s.recv(100)
                c.close()
                s.close()
                return data
            """;

    private static final List<String> LEFT = List.of(
            "__main__.AF_INET6 is Jython's socket.AF_INET6",
            "__main__.Mine is a class made from Jython's socket.socket",
            "__main__.copied is Jython's socket.socket",
            "__main__.create is Jython's socket.create_connection",
            "__main__.listener is an object of Jython's socket.socket");

    @Test
    void importedModulesAreMendedAndWhatWasCopiedIsTold() {
        try (Jython jython = new Jython(urls(STANDALONE));
                Jython.Interpreter interpreter = jython.another()) {
            interpreter.exec(BEFORE + TALK);
            // The jar comes by sys.path: Jython loads its classes in a loader below its own.
            interpreter.exec("sys.path.append('" + DROPIN + "'); import euryale\n"
                    + "import StringIO; errors = sys.stderr = StringIO.StringIO()\n"
                    + "left = euryale.install()\n"
                    + "sys.stderr = sys.__stderr__");

            assertThat(interpreter.eval("'\\n'.join(sorted(left))").split("\n")).containsExactlyElementsOf(LEFT);
            assertThat(interpreter.eval("errors.getvalue()"))
                    .startsWith("euryale: left as it was: ")
                    .contains(LEFT)
                    .endsWith("\n")
                    .containsOnlyOnce("\n");
            theProgramGoesOnWithOurs(interpreter);
            // What was open goes on with Jython's, to its end.
            interpreter.exec(
                    "c = copied(); c.connect(listener.getsockname()); s = listener.accept()[0]; c.send('old')");
            assertThat(interpreter.eval("s.recv(10), type(c) is copied, copied is socket.socket"))
                    .isEqualTo("('old', True, False)");
            assertThat(interpreter.eval("[text[:4] for text in euryale.install()]"))
                    .isEqualTo("[]");
        }
    }

    private static void theProgramGoesOnWithOurs(Jython.Interpreter interpreter) {
        interpreter.exec("""
                import errno as e, select as l, socket as k, time as t
                same = (e, l, k, t) == (errno, select, socket, time) and (os, socket) == (modules[1], modules[4])
                library = asyncore.socket is socket and asyncore.time is time and httplib.socket is socket
                ours = socket.socket()
                ours.bind(('127.0.0.1', 0))
                ours.listen(1)
                space = {}
                exec 'from socket import *' in space
                numbers = [ours.fileno(), os.dup(ours.fileno()), os.open(os.devnull, os.O_RDONLY), select.epoll().fileno()]
                child = subprocess.Popen(['echo', 'heard'], stdout=subprocess.PIPE).communicate()[0]
                file = io.open(os.devnull, 'rb')
                """);
        assertThat(interpreter.eval("same, library, numbers == range(numbers[0], numbers[0] + 4)"))
                .isEqualTo("(True, True, True)");
        assertThat(interpreter.eval("talk(socket.create_connection, ours), child"))
                .isEqualTo("('through', 'heard\\n')");
        assertThat(
                        interpreter.eval(
                                "(space['fromfd'](ours.fileno(), space['AF_INET'], 1).getsockname() == ours.getsockname(),"
                                        + " isinstance(file.fileno(), int), errno.WSAEINTR == errno.EINTR, threading._Event.wait.im_func.func_code.co_filename)"))
                .isEqualTo("(True, True, True, '<euryale>/compat/threading_signals.py')");
    }

    @Test
    void otherInterpretersKeepJythonsOwn() {
        try (Jython jython = new Jython(urls(STANDALONE));
                Jython other = new Jython(jython.loader(), urls(DROPIN));
                Jython.Interpreter ours = jython.another();
                Jython.Interpreter stock = jython.another()) {
            ours.exec("import socket, time, os");
            assertThat(ours.install(other.loader()).toString()).doesNotContain("__main__");
            ours.exec("import select; number = open(os.devnull).fileno()");
            stock.exec("import os, select, socket, time; file = open(os.devnull)");

            assertThat(
                            ours.eval(
                                    "hasattr(select, 'epoll'), isinstance(number, int), isinstance(os.open(os.devnull, 0), int)"))
                    .isEqualTo("(True, True, True)");
            assertThat(stock.eval("(hasattr(select, 'epoll'), isinstance(file.fileno(), int),"
                            + " isinstance(os.open(os.devnull, 0), int), type(time).__name__)"))
                    .isEqualTo("(False, False, False, 'Class')");
        }
    }
}
