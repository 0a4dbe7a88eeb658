package org.euryale.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.euryale.dropin.Jars.DROPIN;
import static org.euryale.dropin.Jars.STANDALONE;
import static org.euryale.dropin.Jars.urls;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Interpreters that come and go, and whole Jythons in class loaders of their own that do, as in OSGi and in servers of
 * applications.
 */
class LoaderIT {
    /** All that makes threads, selectors and descriptors, left open on purpose. */
    private static final String USE = """
            import os, select, signal, socket, subprocess, threading, time
            listener = socket.socket(); listener.bind(('127.0.0.1', 0)); listener.listen(5)
            client = socket.create_connection(listener.getsockname())
            server, address = listener.accept()
            datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); datagrams.bind(('127.0.0.1', 0))
            read, write = os.pipe()
            epoll = select.epoll(); epoll.register(server, select.EPOLLIN); epoll.register(read, select.EPOLLIN)
            poll = select.poll(); poll.register(server, select.POLLIN)
            client.sendall('x' * 100000)
            assert select.select([server, read], [], [], 30)[0] == [server]
            assert poll.poll(30000) == [(server.fileno(), select.POLLIN)]
            assert epoll.poll(30) == [(server.fileno(), select.EPOLLIN)]
            server.settimeout(30)
            assert server.recv(10) == 'x' * 10
            file = open(os.devnull); number = os.dup(file.fileno())
            assert os.fdopen(subprocess.Popen(['echo', 'x'], stdout=subprocess.PIPE).stdout.fileno()).read() == 'x\\n'
            heard = []
            signal.signal(signal.SIGUSR2, lambda *arguments: heard.append(arguments))
            signal.setitimer(signal.ITIMER_REAL, 1000)
            def wait():
                try:
                    select.select([listener], [], [])
                except select.error as e:
                    heard.append(e)
            waiter = threading.Thread(target=wait)
            """;

    /**
     * The JDK's threads that wait for child processes keep the context class loader of whoever had the first child, until
     * they have had nothing to do for a minute: here it is ours.
     */
    private static void haveReapers() throws Exception {
        Process[] children = new Process[3];
        for (int i = 0; i < children.length; i++) {
            children[i] = new ProcessBuilder("cat").start();
        }
        for (Process child : children) {
            child.getOutputStream().close();
            child.waitFor();
        }
    }

    @Test
    void anInterpreterIsClosedAndAnotherMade() {
        try (Jython jython = new Jython(urls(DROPIN, STANDALONE))) {
            for (int i = 0; i < 3; i++) {
                try (Jython.Interpreter interpreter = jython.interpreter()) {
                    interpreter.exec(USE);
                    interpreter.exec("import sys; sys.listener = listener");
                    assertThat(interpreter.eval("min(listener.fileno(), client.fileno(), server.fileno())"))
                            .isEqualTo("3");
                }
            }
            try (Jython.Interpreter interpreter = jython.interpreter()) {
                interpreter.exec("import errno, os, socket, sys; old = sys.listener; fresh = socket.socket()\n"
                        + "try: old.accept()\nexcept socket.error as e: number = e.errno\n"
                        + "old.close(); os.fstat(fresh.fileno()); sys.stdout.flush()");
                assertThat(interpreter.eval("number == errno.EBADF, fresh.fileno(), sys.stdout.fileno()"))
                        .isEqualTo("(True, 3, 1)");
            }
        }
    }

    @Test
    void noThreadAndNoSocketStaysOfALoaderThatIsDropped() throws Exception {
        dropped(urls(DROPIN, STANDALONE), "pass"); // what the JVM itself takes at first
        long descriptors = kernelObjects();

        dropped(urls(DROPIN, STANDALONE), USE);
        dropped(urls(DROPIN, STANDALONE), USE);

        await().untilAsserted(() -> assertThat(threads()).isEmpty());
        await().untilAsserted(() -> assertThat(kernelObjects()).isLessThanOrEqualTo(descriptors));
    }

    @Test
    void jythonAloneKeepsItsLoader() throws Exception {
        Jython jython = new Jython(urls(STANDALONE));
        try (Jython.Interpreter interpreter = jython.interpreter()) {
            interpreter.exec("import os");
        }
        WeakReference<ClassLoader> left = jython.drop();
        jython = null;

        System.gc();
        System.gc();
        assertThat(left.get())
                .as("jffi's mistake is mended: strike it from docs/drop-in.md")
                .isNotNull();
    }

    /** As a container that has Jython for all its applications, one of which brings Euryale and is undeployed. */
    @Test
    void oursIsCollectedWhereJythonIsAboveAndGoesOn() throws Exception {
        haveReapers();
        try (Jython above = new Jython(urls(STANDALONE))) {
            try (Jython.Interpreter interpreter = above.interpreter()) {
                interpreter.exec("import os");
            }
            beginFinalizers(above);
            WeakReference<ClassLoader> left = undeployed(above);
            // Each interpreter's site leaves its own objects in the builtins that all share: here another's.
            try (Jython.Interpreter interpreter = above.another()) {
                assertThat(interpreter.eval("isinstance(open('/dev/null').fileno(), int)"))
                        .isEqualTo("False");
            }

            await().untilAsserted(() -> {
                System.gc();
                assertThat(left.refersTo(null)).isTrue(); // an error about the loader itself would hold it
            });
        }
    }

    /** The thread of jnr-ffi keeps for ever whoever is the first to need it, on Java 17 all callers' class loaders. */
    private static void beginFinalizers(Jython jython) throws ReflectiveOperationException {
        Class<?> finalizer = jython.type("jnr.ffi.provider.jffi.NativeFinalizer");
        Method instance = finalizer.getDeclaredMethod("getInstance");
        Method queue = finalizer.getDeclaredMethod("getFinalizerQueue");
        instance.setAccessible(true);
        queue.setAccessible(true);
        assertThat(queue.invoke(instance.invoke(null))).isNotNull();
    }

    /** In a thread of its own: Jython keeps the last interpreter of a thread in it. */
    private static WeakReference<ClassLoader> undeployed(Jython above) throws Exception {
        AtomicReference<WeakReference<ClassLoader>> left = new AtomicReference<>();
        FutureTask<Void> application = new FutureTask<>(() -> {
            try (URLClassLoader loader = new URLClassLoader(urls(DROPIN), above.loader())) {
                try (Jython.Interpreter interpreter = above.another()) {
                    assertThat(interpreter.install(loader)).isEmpty();
                    interpreter.exec(USE);
                    interpreter.exec("waiter.daemon = True; waiter.start()");
                }
                loader.loadClass("org.euryale.jython.Euryale")
                        .getMethod("unload")
                        .invoke(null);
                left.set(new WeakReference<>(loader));
            }
            return null;
        });
        Thread thread = new Thread(application, "application");
        thread.start();
        application.get();
        thread.join();
        return left.get();
    }

    @Test
    void twoJythonsRunAtOnce() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Callable<String> application = () -> {
            try (Jython jython = new Jython(urls(DROPIN, STANDALONE));
                    Jython.Interpreter interpreter = jython.interpreter()) {
                interpreter.exec(USE);
                together.await();
                interpreter.exec("""
                        for turn in range(300):
                            server.sendall(str(turn))
                            assert select.select([client], [], [], 30)[0] == [client]
                            assert client.recv(10) == str(turn)
                            fresh = socket.create_connection(listener.getsockname()); fresh.close()
                            listener.accept()[0].close()
                        """);
                together.await();
                return interpreter.eval("listener.fileno(), client.fileno(), server.fileno()");
            }
        };
        FutureTask<String> other = new FutureTask<>(application);
        new Thread(other, "other").start();

        assertThat(application.call()).isEqualTo("(3, 4, 5)");
        assertThat(other.get()).isEqualTo("(3, 4, 5)");
    }

    private static WeakReference<ClassLoader> dropped(URL[] urls, String code) throws Exception {
        haveReapers();
        Jython jython = new Jython(urls);
        try (Jython.Interpreter interpreter = jython.interpreter()) {
            interpreter.exec(code);
            if (code.equals(USE)) {
                interpreter.exec("waiter.daemon = True; waiter.start()");
            }
        }
        jython.type("org.euryale.jython.Euryale").getMethod("unload").invoke(null);
        return jython.drop();
    }

    /** Sockets, pipes, selectors: what is no file. */
    private static long kernelObjects() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.filter(LoaderIT::isNoFile).count();
        }
    }

    private static boolean isNoFile(Path entry) {
        try {
            return !Files.readSymbolicLink(entry).toString().startsWith("/");
        } catch (IOException e) {
            return false; // the one that listed them
        }
    }

    /** Those that USE begins: ours, its timer's and its own. */
    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("euryale-") || name.equals("alarm") || name.startsWith("Thread-"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
