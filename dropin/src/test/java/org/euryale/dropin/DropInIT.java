package org.euryale.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.euryale.dropin.Jars.DROPIN;
import static org.euryale.dropin.Jars.SLIM;
import static org.euryale.dropin.Jars.STANDALONE;
import static org.euryale.dropin.Jars.classPath;
import static org.euryale.dropin.Jars.urls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.euryale.dropin.Jars.Output;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar beside a released Jython on the class path: nothing else is needed, nothing else changes. */
class DropInIT {
    private static final String JYTHON = "org.python.util.jython";

    /** A server and a client on asyncore and asynchat, an epoll, a pipe: unmodified programs of CPython's. */
    private static final String PROGRAM = """
            import asynchat, asyncore, os, select, socket, sys
            class Echo(asyncore.dispatcher_with_send):
                def handle_read(self):
                    self.send(self.recv(8192))
            class Server(asyncore.dispatcher):
                def __init__(self):
                    asyncore.dispatcher.__init__(self)
                    self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
                    self.bind(('127.0.0.1', 0))
                    self.listen(5)
                def handle_accept(self):
                    Echo(self.accept()[0])
            class Client(asynchat.async_chat):
                def __init__(self, address):
                    asynchat.async_chat.__init__(self)
                    self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
                    self.connect(address)
                    self.set_terminator('.')
                    self.heard = []
                    self.push('as CPython.')
                def collect_incoming_data(self, data):
                    self.heard.append(data)
                def found_terminator(self):
                    print ''.join(self.heard)
                    asyncore.close_all()
            server = Server()
            Client(server.socket.getsockname())
            asyncore.loop(timeout=10)
            read, write = os.pipe()
            epoll = select.epoll()
            epoll.register(read, select.EPOLLIN)
            os.write(write, 'x')
            print epoll.poll(10) == [(read, select.EPOLLIN)], sys.argv[1:]
            """;

    private static final String OUTPUT = "as CPython\nTrue ['-v', 'a b']\n";

    @TempDir
    private Path directory;

    static Stream<String> classPaths() {
        return Stream.of(classPath(DROPIN, STANDALONE), classPath(STANDALONE, DROPIN), classPath(SLIM, DROPIN));
    }

    @ParameterizedTest
    @MethodSource("classPaths")
    void aProgramRunsUnmodified(String path) throws Exception {
        Output output = Jars.java(List.of(), "-cp", path, JYTHON, program(PROGRAM), "-v", "a b");

        assertThat(output).isEqualTo(new Output(OUTPUT, "", 0));
    }

    @Test
    void aJarTwiceOnTheClassPathIsAsOne() throws Exception {
        Path copy = Files.copy(DROPIN, directory.resolve("copy.jar"));
        try (Jython jython = new Jython(urls(copy, STANDALONE, DROPIN));
                Jython.Interpreter interpreter = jython.another()) {
            interpreter.exec("import socket, select, os; s = socket.socket()");
            assertThat(interpreter.eval("s.fileno(), os.dup(s.fileno()), select.epoll().fileno()"))
                    .isEqualTo("(3, 4, 5)");
        }
    }

    @Test
    void theSwitchLeavesJythonsOwnSockets() throws Exception {
        String program = program("import socket, _socket, select, os\n"
                + "print hasattr(_socket, 'NIO_GROUP'), hasattr(select, 'epoll'), socket.SOL_SOCKET == 0xffff, \\\n"
                + "    isinstance(os.open('/dev/null', os.O_RDONLY), int)\n");
        String path = classPath(DROPIN, STANDALONE);

        Output stock = new Output("True False True False\n", "", 0);
        assertThat(Jars.java(List.of("EURYALE_SOCKETS=stock"), "-cp", path, JYTHON, program))
                .isEqualTo(stock);
        assertThat(Jars.java(List.of(), "-Deuryale.sockets=stock", "-cp", path, JYTHON, program))
                .isEqualTo(stock);
        assertThat(Jars.java(List.of("EURYALE_SOCKETS=stock"), "-Deuryale.sockets=", "-cp", path, JYTHON, program)
                        .out())
                .isEqualTo("False True False True\n");
    }

    @Test
    void theSwitchHoldsForALateInstall() {
        System.setProperty("euryale.sockets", "stock");
        try (Jython jython = new Jython(urls(DROPIN, STANDALONE));
                Jython.Interpreter interpreter = jython.another()) {
            assertThat(interpreter.install(jython.loader()))
                    .singleElement()
                    .asString()
                    .contains("EURYALE_SOCKETS", "stock");
            assertThat(interpreter.eval("hasattr(__import__('select'), 'epoll')"))
                    .isEqualTo("False");
        } finally {
            System.clearProperty("euryale.sockets");
        }
    }

    @Test
    void anotherJarsInitializerIsCalledAsWell() throws Exception {
        Path other = otherInitializer(DelegatingInitializer.class);
        for (Path[] path : new Path[][] {{DROPIN, other, STANDALONE}, {other, STANDALONE, DROPIN}}) {
            try (Jython jython = new Jython(urls(path));
                    Jython.Interpreter interpreter = jython.another()) {
                assertThat(interpreter.eval("(hasattr(__import__('select'), 'epoll'), __import__('others').__name__)"))
                        .isEqualTo("(True, 'Object')");
            }
        }
    }

    @Test
    void whereAnotherJarsInitializerKeepsUsOutAStateIsInstalledTo() throws Exception {
        Path other = otherInitializer(SelfishInitializer.class);
        try (Jython jython = new Jython(urls(other, STANDALONE, DROPIN));
                Jython.Interpreter interpreter = jython.another()) {
            interpreter.exec("import select, socket");
            assertThat(interpreter.eval("hasattr(select, 'epoll')")).isEqualTo("False");
            interpreter.exec("import euryale; left = euryale.install()");
            assertThat(interpreter.eval("hasattr(select, 'epoll'), socket.socket().fileno()"))
                    .isEqualTo("(True, 3)");
        }
    }

    @Test
    void theJarHasAllThatItsClassesNeed() throws Exception {
        try (Jython jython = new Jython(urls(DROPIN, STANDALONE));
                JarFile jar = new JarFile(DROPIN.toFile())) {
            List<String> classes = jar.stream()
                    .map(Object::toString)
                    .filter(name -> name.endsWith(".class") && !name.startsWith("org/euryale/lib/"))
                    .map(name -> name.replace(".class", "").replace('/', '.'))
                    .toList();
            assertThat(classes).contains("org.euryale.jython.TwistedReactor", "org.euryale.posix.Poller");
            assertThat(classes)
                    .allSatisfy(name -> assertThat(jython.type(name).getDeclaredMethods())
                            .isNotNull()); // which looks for the types of their arguments
        }
    }

    @Test
    void theJarHasNoClassesButOurs() throws Exception {
        try (JarFile jar = new JarFile(DROPIN.toFile())) {
            assertThat(jar.stream().map(Object::toString).filter(name -> !name.endsWith("/")))
                    .allMatch(name -> name.startsWith("org/euryale/")
                            || name.equals("euryale.py")
                            || name.startsWith("META-INF/"));
        }
    }

    private String program(String text) throws Exception {
        return Files.writeString(directory.resolve("program.py"), text).toString();
    }

    /** A directory that is as the jar of somebody who has an initializer of their own. */
    private Path otherInitializer(Class<?> initializer) throws Exception {
        Path root = directory.resolve(initializer.getSimpleName());
        Path services = Files.createDirectories(root.resolve("META-INF/services"));
        Files.writeString(services.resolve("org.python.core.JythonInitializer"), initializer.getName() + "\n");
        String file = initializer.getName().replace('.', '/') + ".class";
        Files.createDirectories(root.resolve(file).getParent());
        try (var in = initializer.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, root.resolve(file));
        }
        return root;
    }
}
