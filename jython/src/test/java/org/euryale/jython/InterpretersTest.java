package org.euryale.jython;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.python.core.PyObject;
import org.python.core.PySystemState;
import org.python.util.PythonInterpreter;

/** Two interpreters in one JVM, each with its own sockets, defaults and patches; and the end of one. */
class InterpretersTest {
    private PythonInterpreter first = interpreter();
    private PythonInterpreter second = interpreter();

    private static PythonInterpreter interpreter() {
        PythonInterpreter interpreter = new PythonInterpreter(null, new PySystemState());
        interpreter.exec("import _socket, select, errno");
        return interpreter;
    }

    @BeforeEach
    void modulesAreOurs() {
        assertThat(first.eval("_socket.__doc__").toString()).contains("java.nio");
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void modulesAndTypesAreSeparate() {
        first.exec("_socket.leak = 1; _socket.socket.leak = 2; select.epoll.leak = 3");

        assertThat(truth(second, "hasattr(_socket, 'leak')")).isFalse();
        assertThat(truth(second, "hasattr(_socket.socket, 'leak')")).isFalse();
        assertThat(truth(second, "hasattr(select.epoll, 'leak')")).isFalse();
        assertThat(first.get("_socket").__getattr__("error"))
                .isNotSameAs(second.get("_socket").__getattr__("error"));
    }

    @Test
    void eachHasItsOwnDescriptors() {
        first.exec("s = _socket.socket(); t = _socket.socket()");
        second.exec("s = _socket.socket()");

        assertThat(first.eval("[s.fileno(), t.fileno()]").toString()).isEqualTo("[3, 4]");
        assertThat(second.eval("s.fileno()").asInt()).isEqualTo(3);
        first.exec("s.close()");
        assertThat(second.eval("s.getsockname()").toString()).isEqualTo("('0.0.0.0', 0)");
    }

    @Test
    void eachHasItsOwnDefaultTimeout() {
        first.exec("_socket.setdefaulttimeout(2.5)");

        assertThat(second.eval("_socket.getdefaulttimeout()").toString()).isEqualTo("None");
        assertThat(second.eval("_socket.socket().gettimeout()").toString()).isEqualTo("None");
        assertThat(first.eval("_socket.socket().gettimeout()").asDouble()).isEqualTo(2.5);
    }

    @Test
    void oneTalksToTheOther() {
        first.exec("l = _socket.socket(); l.bind(('127.0.0.1', 0)); l.listen(1); address = l.getsockname()");
        second.set("address", first.get("address"));
        second.exec("c = _socket.socket(); c.connect(address); c.sendall('from the other')");
        first.exec("s, peer = l.accept(); data = s.recv(100)");

        assertThat(first.get("data").toString()).isEqualTo("from the other");
    }

    @Test
    void twoPollAtOnceInTheirOwnThreads() throws Exception {
        String server = "l = _socket.socket(); l.bind(('127.0.0.1', 0)); l.listen(1)\n"
                + "c = _socket.socket(); c.connect(l.getsockname()); s, a = l.accept()\n"
                + "p = select.poll(); p.register(s, select.POLLIN)\n"
                + "def echo():\n"
                + "    for i in range(1000):\n"
                + "        c.send('x')\n"
                + "        assert p.poll() == [(s.fileno(), select.POLLIN)]\n"
                + "        assert s.recv(10) == 'x'\n"
                + "    return 'done'\n";
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            first.exec(server);
            second.exec(server);
            Future<PyObject> one = threads.submit(() -> first.eval("echo()"));
            Future<PyObject> two = threads.submit(() -> second.eval("echo()"));
            assertThat(one.get(60, TimeUnit.SECONDS).toString()).isEqualTo("done");
            assertThat(two.get(60, TimeUnit.SECONDS).toString()).isEqualTo("done");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theEndClosesWhatWasLeftOpenAndAnotherStarts() {
        first.exec("l = _socket.socket(); l.bind(('127.0.0.1', 0)); l.listen(1); port = l.getsockname()[1]\n"
                + "c = _socket.socket(); c.connect(l.getsockname()); e = select.epoll(); e.register(c)");
        PyObject port = first.get("port");
        PosixProcess ended = PosixProcess.current();
        first.close();

        first = interpreter();
        first.set("port", port);
        first.exec("l = _socket.socket(); l.bind(('127.0.0.1', port)); l.listen(1)");
        assertThat(first.eval("l.fileno()").asInt()).isEqualTo(3);
        assertThat(ended.descriptors()).isNotNull();
    }

    @Test
    void whatIsDoneAfterTheEndFailsAsABadDescriptor() {
        first.exec("s = _socket.socket()");
        PythonInterpreter ended = first;
        ended.close();

        ended.exec("try:\n  s.send('x')\nexcept _socket.error as e:\n  number = e.errno\n");
        assertThat(ended.eval("number == errno.EBADF").__nonzero__()).isTrue();
        first = interpreter();
    }

    private static boolean truth(PythonInterpreter interpreter, String expression) {
        return interpreter.eval(expression).__nonzero__();
    }
}
