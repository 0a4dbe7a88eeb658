package org.euryale.jython;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.python.core.PySystemState;
import org.python.util.PythonInterpreter;

/** The Java of the Twisted reactor, with a stand-in for Twisted's classes; Twisted's own tests are the conformance suite's. */
@Timeout(120)
class TwistedReactorTest {
    private final PythonInterpreter python = new PythonInterpreter(null, new PySystemState());

    @BeforeEach
    void load() throws Exception {
        load(python);
    }

    private static void load(PythonInterpreter interpreter) throws Exception {
        try (InputStream source =
                Objects.requireNonNull(TwistedReactorTest.class.getResourceAsStream("stand_in_twisted.py"))) {
            interpreter.execfile(source, "stand_in_twisted.py");
        }
    }

    @AfterEach
    void close() {
        assertThat(python.eval("logged").toString())
                .as("logged, and not looked at")
                .isEqualTo("[]");
        python.exec("reactor.core.close()");
        python.close();
    }

    private void run(String... lines) {
        python.exec(String.join("\n", lines));
    }

    private String value(String expression) {
        return python.eval(expression).toString();
    }

    @Test
    void aProtocolAnswers() {
        run("p, peer = port.connection()", "p.answer = lambda data: data.upper()", "peer.sendall('hello \\xe9')");
        assertThat(value("receive(peer, 7)")).isEqualTo("HELLO \u00e9");
        run("peer.close()", "reactor.until(lambda: p.reasons)");
        assertThat(value("p.reasons, p.data, p.transport.disconnected")).isEqualTo("(['done'], 'hello \\xe9', 1)");
    }

    @Test
    void whatIsWrittenMustBeBytes() {
        run(
                "p, peer = port.connection()",
                "def refused(data):",
                "    try:",
                "        p.transport.write(data)",
                "    except TypeError as e:",
                "        return str(e)",
                "seen = refused(u'text'), refused(5), refused(None), refused(bytearray('abc'))");
        assertThat(value("seen"))
                .isEqualTo("('Data must not be unicode', \"object of type 'int' has no len()\", None, None)");
        assertThat(value("receive(peer, 3)")).isEqualTo("abc");
    }

    @Test
    void whatAHandlerRaisesEndsItsOwnConnection() {
        run(
                "bad, badPeer = port.connection()",
                "good, goodPeer = port.connection()",
                "def boom(data): raise KeyError('boom')",
                "bad.answer = boom",
                "good.answer = lambda data: data",
                "badPeer.sendall('x'); goodPeer.sendall('y')");
        assertThat(value("receive(goodPeer, 1)")).isEqualTo("y");
        run("reactor.until(lambda: bad.reasons)");
        assertThat(value("logged.pop(0)")).isEqualTo("KeyError('boom',)");
        assertThat(value("bad.reasons[0].__class__.__name__, good.reasons")).isEqualTo("('KeyError', [])");
    }

    @Test
    void whatJavaThrowsAndWhatRecursesForEverEndsItsOwnConnection() {
        run(
                "from java.lang import IllegalStateException",
                "p, peer = port.connection()",
                "def java(data): raise IllegalStateException('java')",
                "p.answer = java",
                "q, other = port.connection()",
                "def recurse(data): return recurse(data)",
                "q.answer = recurse",
                "peer.sendall('x'); other.sendall('x')",
                "reactor.until(lambda: p.reasons and q.reasons)",
                "names = sorted(e.__class__.__name__ for e in logged)",
                "del logged[:]");
        assertThat(value("names")).isEqualTo("['IllegalStateException', 'RuntimeError']");
    }

    @Test
    void anotherThreadMayWrite() {
        run(
                "p, peer = port.connection()",
                "def work(letter):",
                "    for i in range(200): p.transport.write(letter * 10)",
                "threads = [threading.Thread(target=work, args=(letter,)) for letter in 'abcd']",
                "for t in threads: t.start()",
                "text = receive(peer, 8000)",
                "for t in threads: t.join()",
                "torn = [text[i:i + 10] for i in range(0, 8000, 10) if len(set(text[i:i + 10])) > 1]");
        assertThat(value("len(text), torn")).isEqualTo("(8000, [])");
    }

    @Test
    void aPeerThatNeverReadsPausesTheProducer() {
        run(
                "class Producer(object):",
                "    paused = resumed = 0",
                "    def pauseProducing(self): self.paused += 1",
                "    def resumeProducing(self): self.resumed += 1",
                "p, peer = port.connection()",
                "producer = p.transport.producer = Producer()",
                "p.transport.streamingProducer = True",
                "written = 0",
                "while not producer.paused:",
                "    p.transport.write('x' * 65536); written += 65536",
                "    reactor.core.iterate(0)",
                "for i in range(20): reactor.core.iterate(0)");
        assertThat(value("producer.resumed, p.transport._tempDataLen <= 2 * 65536"))
                .isEqualTo("(0, True)");
        run("got = len(receive(peer, written))", "reactor.until(lambda: producer.resumed)");
        assertThat(value("got == written, producer.paused, producer.resumed")).isEqualTo("(True, 1, 1)");
    }

    @Test
    void aSequencePausesTheProducerOnce() {
        run(
                "class Producer(object):",
                "    paused = 0",
                "    def pauseProducing(self): self.paused += 1",
                "    def resumeProducing(self): pass",
                "p, peer = port.connection()",
                "producer = p.transport.producer = Producer()",
                "p.transport.streamingProducer = True",
                "p.transport.bufferSize = 500",
                "p.transport.writeSequence(['x' * 50] * 20)");
        assertThat(value("producer.paused")).isEqualTo("1");
        assertThat(value("len(receive(peer, 1000))")).isEqualTo("1000");
    }

    @Test
    void whatAProgramPutsOnATransportIsFound() {
        run(
                "p, peer = port.connection()",
                "t = p.transport",
                "t.mine = 5",
                "real = t.write",
                "t.write = lambda data: real('<' + data + '>')",
                "t.write('a')",
                "del t.write",
                "t.write('b')",
                "before = Transport.write",
                "Transport.write = lambda self, data: before.__get__(self, Transport)(data * 2)",
                "t.write('c')");
        assertThat(value("receive(peer, 6)")).isEqualTo("<a>bcc");
        assertThat(value("t.mine, sorted(t.__dict__), type(t) is Transport, isinstance(t, Transport)"))
                .isEqualTo("(5, ['mine'], True, True)");
    }

    @Test
    void theSocketIsThereForWhoAsks() {
        run("p, peer = port.connection()", "t = p.transport", "s = t.socket");
        assertThat(value("s is t.socket, s.fileno() == t.fileno(), s.getpeername() == peer.getsockname()"))
                .isEqualTo("(True, True, True)");
        assertThat(value("t.client == peer.getsockname(), t.hostname, t.logstr, repr(t), t.sessionno"))
                .isEqualTo("(True, '127.0.0.1', 'prefix of 0', 'name of 0', 0)");
        run("t.abortConnection()", "reactor.until(lambda: p.reasons)");
        assertThat(value("p.reasons, t.fileno(), hasattr(t, 'protocol')")).isEqualTo("(['aborted'], -1, False)");
        assertThat(value("receive(peer, 1)"))
                .as("its socket object has closed it")
                .isEmpty();
    }

    @Test
    void loseConnectionSendsWhatWaits() {
        run("p, peer = port.connection()", "p.transport.write('x' * 3000000)", "p.transport.loseConnection()");
        assertThat(value("p.transport.disconnecting, p.reasons")).isEqualTo("(1, [])");
        assertThat(value("len(receive(peer, 3000001))")).isEqualTo("3000000");
        assertThat(value("p.reasons")).isEqualTo("['done']");
        run("p.transport.write('too late')");
    }

    @Test
    void aPeerThatResetsIsALoss() {
        run(
                "import struct",
                "p, peer = port.connection()",
                "p.transport.write('x' * 8000000)",
                "reactor.core.iterate(0)",
                "peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))",
                "peer.close()",
                "reactor.until(lambda: p.reasons)");
        assertThat(value("p.reasons")).isEqualTo("['lost']");
    }

    @Test
    void aPortWhoseTransportWasReplacedUsesThat() {
        run(
                "made = []",
                "port.transport = object()",
                "def served(descriptor, protocol, address):",
                "    made.append(address); os.close(descriptor); protocol.makeConnection(5)",
                "import os",
                "port._served = served",
                "p, peer = port.connection()");
        assertThat(value("p.transport, made == [peer.getsockname()]")).isEqualTo("(5, True)");
    }

    @Test
    void onlyAnObjectThatGetsAttributesHasADict() {
        run(
                "p, peer = port.connection()",
                "p.answer = lambda data: data",
                "peer.sendall('x')",
                "text = receive(peer, 1)",
                "call = reactor.later(100, len, 'x')",
                "p.transport.producer, p.transport.protocol = None, p");
        ClassInstance transport = (ClassInstance) python.eval("p.transport");
        ClassInstance call = (ClassInstance) python.eval("call");
        assertThat(transport.fastGetDict()).isNull();
        assertThat(call.fastGetDict()).isNull();
        run("seen = p.transport.connected, hasattr(p.transport, 'mark')");
        assertThat(transport.fastGetDict()).as("asked for what it has not").isNull();
        run("p.transport.mark = 5", "call.mark = 6");
        assertThat(transport.fastGetDict()).hasToString("{'mark': 5}");
        assertThat(call.fastGetDict()).hasToString("{'mark': 6}");
        assertThat(value("text, seen, p.transport.mark, call.mark")).isEqualTo("('x', (1, False), 5, 6)");
        run("call.cancel()");
    }

    @Test
    void delayedCallsComeInTimeAndCanBeCancelled() {
        run(
                "calls = []",
                "reactor.seconds = lambda: now",
                "now = 1000.0",
                "a = reactor.later(5, calls.append, 'a')",
                "b = reactor.later(1, lambda *args, **kw: calls.append((args, kw)), 1, two=2)",
                "c = reactor.later(2, calls.append, 'c')",
                "c.cancel()",
                "a.reset(1)",
                "reactor.core.iterate(0)");
        assertThat(value("calls, a.active(), b.active(), c.active()")).isEqualTo("([], True, True, False)");
        assertThat(value("a.getTime(), b.getTime(), b.args, b.kw, len(reactor.core.delayedCalls())"))
                .isEqualTo("(1001.0, 1001.0, (1,), {'two': 2}, 2)");
        run(
                "b.delay(0.5)",
                "now = 1001.0",
                "reactor.core.iterate(0)",
                "first = list(calls)",
                "now = 1001.5",
                "reactor.core.iterate(0)",
                "def error(f):",
                "    try: f()",
                "    except Exception as e: return e.__class__.__name__");
        assertThat(value("first, calls")).isEqualTo("(['a'], ['a', ((1,), {'two': 2})])");
        assertThat(value("error(a.cancel), error(c.cancel), error(lambda: reactor.later(-1, len)),"
                        + " error(lambda: reactor.later(0, 5)), error(lambda: reactor.later(0))"))
                .isEqualTo("('AlreadyCalled', 'AlreadyCancelled', 'AssertionError', 'AssertionError', 'TypeError')");
        run("far = reactor.later(1e300, len)", "reactor.core.iterate(0)");
        assertThat(value("far.active()")).isEqualTo("True");
    }

    @Test
    void aDelayedCallThatRaisesIsLogged() {
        run(
                "def boom(): raise ValueError('mine')",
                "calls = []",
                "reactor.later(0, boom); reactor.later(0, calls.append, 1)",
                "reactor.until(lambda: calls)");
        assertThat(value("str(logged.pop())")).isEqualTo("mine");
    }

    @Test
    void callsFromThreadsWakeTheLoop() {
        run(
                "calls = []",
                "def last(): calls.append(threading.currentThread().getName()); reactor.core.halt()",
                "t = threading.Thread(target=lambda: [reactor.soon(calls.append, i) for i in range(100)]"
                        + " and reactor.soon(last))",
                "reactor.soon(t.start)",
                "reactor.core.run()",
                "t.join()");
        assertThat(value("calls[:-1] == range(100), calls[-1] == threading.currentThread().getName()"))
                .isEqualTo("(True, True)");
    }

    @Test
    void whoIsRunningIsKnownToTheLog() {
        run(
                "seen = []",
                "p, peer = port.connection()",
                "p.answer = lambda data: seen.append(reactor.core.current() is p.transport)",
                "peer.sendall('x')",
                "reactor.until(lambda: seen)");
        assertThat(value("seen, reactor.core.current()")).isEqualTo("([True], None)");
    }

    @Test
    void anyObjectWithADescriptorIsAReader() {
        run(
                "class Reader(object):",
                "    def __init__(self, sock): self.sock, self.got = sock, []",
                "    def fileno(self): return self.sock.fileno()",
                "    def doRead(self): self.got.append(self.sock.recv(100))",
                "a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
                "a.bind(('127.0.0.1', 0))",
                "r = Reader(a)",
                "reactor.core.addReader(r)",
                "a.sendto('datagram', a.getsockname())",
                "reactor.until(lambda: r.got)",
                "known = r in reactor.core.readers()",
                "reactor.core.removeReader(r)");
        assertThat(value("r.got, known, r in reactor.core.readers()")).isEqualTo("(['datagram'], True, False)");
    }

    @Test
    void theClassesOfTwoInterpretersAreTheirOwn() throws Exception {
        try (PythonInterpreter second = new PythonInterpreter(null, new PySystemState())) {
            load(second);
            run("Transport.leak = 1", "p, peer = port.connection()");
            second.exec("q, other = port.connection(); q.answer = lambda data: data; other.sendall('2')");
            assertThat(second.eval("receive(other, 1), hasattr(q.transport, 'leak')")
                            .toString())
                    .isEqualTo("('2', False)");
            second.exec("reactor.core.close()");
        }
    }
}
