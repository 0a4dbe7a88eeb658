"""Tests of bench/run itself: python3 -B bench/test_bench.py. They take some ten seconds and need cc alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "driver"))

import catalogue        # noqa: E402
import figures          # noqa: E402
import jvm                  # noqa: E402
import measure              # noqa: E402

SHORT = ("echo-epoll", "--cells", "50x64", "--secs", "0.2", "--warm", "0")


def run(*arguments):
    return subprocess.run([HERE / "run", *arguments], capture_output=True, text=True, timeout=120)


def children(pid):
    """All processes below `pid`."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *children(child)]
    return found


class Asking(unittest.TestCase):
    """What cannot be run is said in one line, with exit status 2."""

    def refused(self, line, *arguments):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr.splitlines(), [f"bench/run: {line}"])

    def test_unknown_name(self):
        self.refused("no bench is named echo; there are echo-epoll, echo-poll, echo-asyncore, echo-select-idle, "
                     "call, idle, start, twistd-start, twisted-echo, twisted-epoll, twisted-connect, twisted-idle, twisted-lines, "
                     "twisted-web, twisted-file, twisted-tls, twisted-tls-bulk, twisted-tls-handshakes, "
                     "twisted-tls-idle, twisted-calls", "echo")

    def test_unknown_peer(self):
        self.refused("no peer is named java; there are c, cpython27, cpython3, uvloop, netty, stock, stock-serial, nio, "
                     "euryale", "idle", "--peers", "c,java")

    def test_unknown_cell(self):
        self.refused("idle has no cell 50*; it has 19000+50x64", "idle", "--cells", "50*")

    def test_peer_without_part(self):
        self.refused("stock has no part in echo-epoll: its select module has no epoll", "echo-epoll", "--peers", "stock")

    def test_no_rounds(self):
        self.refused("argument --rounds: 1 to 100", "idle", "--rounds", "0")

    def test_launcher_that_is_none(self):
        self.refused(f"peer euryale: {HERE}/README.md is no launcher; run this from a checkout, or name one with --euryale",
                     "idle", "--peers", "euryale", "--euryale", HERE / "README.md")


class Running(unittest.TestCase):

    def test_a_line_a_figure_and_a_table(self):
        done = run(*SHORT, "--peers", "c", "--rounds", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        line = json.loads(done.stdout)
        self.assertEqual([line[key] for key in ("name", "cell", "peer", "rounds")], ["echo-epoll", "50x64", "c", 2])
        self.assertGreater(line["cpu_us"]["low"], 0)
        self.assertGreaterEqual(line["p99_us"]["median"], line["p50_us"]["median"])
        self.assertIn("CPU us/msg", done.stderr)

    def test_a_start_is_timed_as_a_whole(self):
        done = run("start", "--cells", "pass", "--peers", "cpython27", "--rounds", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        line = json.loads(done.stdout)
        self.assertEqual([line[key] for key in ("name", "cell", "peer", "rounds")], ["start", "pass", "cpython27", 2])
        self.assertEqual(len(line["wall_s"]["rounds"]), 2)
        self.assertGreater(line["wall_s"]["low"] * 1e6, 0)
        self.assertGreater(line["cpu_us"]["low"], 0)
        self.assertIn("wall s", done.stderr)

    def test_a_server_is_timed_until_it_has_answered(self):
        class Server:
            label, complaint = "server", staticmethod(lambda: "")

            def is_alive(self):
                return time.monotonic() < begin + 0.5

        def serve(body):
            with listener:
                listener.listen(1)
                connection = listener.accept()[0]
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + body)

        def refused():
            with self.assertRaises(measure.Failed) as caught:
                measure.until_served(Server(), port, begin + 10)
            return str(caught.exception)

        for body in measure.PAGE, b"another":
            begin = time.monotonic()
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))         # it does not listen yet
            port = listener.getsockname()[1]
            threading.Timer(0.2, serve, [body]).start()
            if body == measure.PAGE:
                measure.until_served(Server(), port, begin + 10)
                self.assertGreater(time.monotonic(), begin + 0.2)
            else:
                self.assertIn("server: answers", refused())
        self.assertEqual(refused(), "server: ended before it listened")

    def test_a_bar_that_was_not_measured_is_not_kept(self):
        done = run(*SHORT, "--peers", "c", "--rounds", "1", "--assert")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not measured  echo-epoll 50x64 euryale ratio.cpython27.median: limit 1.2", done.stderr)

    def test_a_peer_that_fails_is_named_and_the_others_go_on(self):
        with tempfile.TemporaryDirectory() as scratch:
            launcher = Path(scratch) / "euryale"
            launcher.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho no such luck >&2\nexit 3\n')
            launcher.chmod(0o755)
            done = run(*SHORT, "--peers", "euryale", "c", "--rounds", "1", "--euryale", launcher)
        self.assertEqual(done.returncode, 1)
        self.assertIn("failed: echo-epoll 50x64: euryale: ended with status 3: no such luck", done.stderr)
        self.assertEqual([json.loads(line)["peer"] for line in done.stdout.splitlines()], ["c"])

    def test_an_interrupt_ends_all_that_was_started(self):
        for number, status in (signal.SIGINT, 130), (signal.SIGTERM, 143):
            with self.subTest(number):
                bench = subprocess.Popen([HERE / "run", *SHORT, "--peers", "c", "--rounds", "100"],
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                while "round 1/" not in bench.stderr.readline():
                    self.assertIsNone(bench.poll())
                below = children(bench.pid)
                self.assertTrue(below)
                bench.send_signal(number)
                bench.communicate(timeout=30)
                self.assertEqual(bench.returncode, status)
                self.assertEqual([pid for pid in below if os.path.exists(f"/proc/{pid}")], [])

    def test_an_echo_that_differs_is_an_error(self):
        run(*SHORT, "--peers", "c", "--rounds", "1")            # builds loadgen
        server = ("import socket\nl = socket.socket()\nl.bind(('127.0.0.1', 0))\nl.listen(1)\n"
                  "print(l.getsockname()[1], flush=True)\ns = l.accept()[0]\nd = s.recv(64)\ns.send(d[:-1] + b'?')\n"
                  "s.recv(1)")
        with subprocess.Popen([sys.executable, "-c", server], stdout=subprocess.PIPE, text=True) as wrong:
            done = subprocess.run([HERE / "out" / "loadgen", "-c", "1", wrong.stdout.readline().strip()],
                                  capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (1, "loadgen: the echo differs from what was sent\n"))


class Load(unittest.TestCase):
    """loadgen's other loads, against a server of CPython's own library."""

    @classmethod
    def setUpClass(cls):
        run(*SHORT, "--peers", "c", "--rounds", "1")            # builds loadgen and the C server

    def loaded(self, *options):
        done = subprocess.run([HERE / "out" / "loadgen", "-c", "2", "-d", "0.2", "-w", "0", *options], capture_output=True,
                              text=True, timeout=60)
        return done.returncode, done.stderr, done.stdout and json.loads(done.stdout)["msgs"]

    def test_a_connection_for_each_message(self):
        with subprocess.Popen([HERE / "out" / "epoll_echo"], stdout=subprocess.PIPE, text=True) as server:
            port = server.stdout.readline().split()[1]
            status, errors, messages = self.loaded("-n", "-a", "50", port)
            server.kill()
        self.assertEqual((status, errors), (0, ""))
        self.assertGreater(messages, 10)

    def answered(self, *answers):
        """What loadgen says of an HTTP server that gives the first answer once, and then the last one."""
        script = ("import sys, threading, socket, ast\nanswers = [a.encode() for a in ast.literal_eval(sys.argv[1])]\n"
                  "l = socket.create_server(('127.0.0.1', 0))\nprint(l.getsockname()[1], flush=True)\n"
                  "def serve(s, a):\n while s.recv(4096):\n  s.sendall(a)\n"
                  "while True:\n s = l.accept()[0]\n"
                  " threading.Thread(target=serve, args=(s, answers[0]), daemon=True).start()\n"
                  " answers = answers[1:] or answers\n")
        with subprocess.Popen([sys.executable, "-c", script, repr(answers)], stdout=subprocess.PIPE, text=True) as server:
            result = self.loaded("-u", "/", server.stdout.readline().strip())
            server.kill()
        return result

    def test_answers_of_http(self):
        first = "HTTP/1.1 200 OK\r\nDate: 1\r\nContent-Length: 3\r\n\r\nabc"
        status, errors, messages = self.answered(first, first.replace("Date: 1", "Date: 2"))
        self.assertEqual((status, errors), (0, ""))
        self.assertGreater(messages, 10)
        self.assertEqual(self.answered(first, first.replace("abc", "abd"))[:2],
                         (1, "loadgen: the body differs from the first answer's\n"))
        self.assertEqual(self.answered(first.replace("200 OK", "404 No"))[:2],
                         (1, "loadgen: the first answer is no HTTP/1.1 200 with a Content-Length\n"))


class Figures(unittest.TestCase):

    def test_a_ratio_is_the_median_of_the_rounds_ratios(self):
        mine = [{"cpu_us": 10}, {"cpu_us": 4}, {"cpu_us": 9}]
        theirs = [{"cpu_us": 5}, {"cpu_us": 4}, {"cpu_us": 3}]
        # The ratio of the medians would be 9 / 4.
        self.assertEqual(figures.ratios(mine, theirs), {"median": 2, "low": 1, "high": 3})

    def test_only_rounds_that_both_have_count(self):
        self.assertEqual(figures.ratios([{"cpu_us": 8}, None], [{"cpu_us": 4}, {"cpu_us": 1}])["median"], 2)
        self.assertIsNone(figures.ratios([None], [{"cpu_us": 1}]))

    def test_ratios_of_wall_times(self):
        measured = {name: measure.Measured([{"wall_s": wall, "cpu_us": 3, "others": 0, "stolen": 0} for wall in walls])
                    for name, walls in (("euryale", (1, 3)), ("stock", (4, 6)))}
        line = figures.figure({"name": "start"}, catalogue.cells(catalogue.bench("start"), ["pass"])[0], "euryale", measured)
        self.assertEqual(line["wall_ratio"]["stock"], {"median": 0.375, "low": 0.25, "high": 0.5})
        other = figures.figure({"name": "start"}, catalogue.bench("start").cells[0], "stock", measured)
        self.assertIn("0.38 (0.25-0.50)", figures.table([line, other]))

    def test_bars(self):
        bar = figures.Bar("call", "pair-*", "euryale", "ratio.nio.median", "1.3")
        self.assertTrue(bar.concerns("call", "pair-64", 17))
        self.assertFalse(bar.concerns("call", "ping-64", 17))
        for java, versions in ("17-24", [17, 24]), ("25-", [25, 99]):
            bar_on = figures.Bar("call", "pair-*", "euryale", "ratio.nio.median", "1.3", java)
            self.assertEqual([each for each in (11, 17, 24, 25, 99) if bar_on.concerns("call", "pair-64", each)], versions)
        line = {"name": "call", "cell": "pair-64", "peer": "euryale", "ratio": {"nio": {"median": 1.3}}}
        self.assertEqual(bar.verdict("call", "pair-64", [line])[0], figures.KEPT)
        line["ratio"]["nio"]["median"] = 1.31
        self.assertEqual(bar.verdict("call", "pair-64", [line])[0], figures.MISSED)
        line["ratio"] = {}
        self.assertEqual(bar.verdict("call", "pair-64", [line])[0], figures.NOT_MEASURED)
        self.assertEqual(bar.verdict("call", "pair-64", [])[0], figures.NOT_MEASURED)

    def test_every_bar_concerns_a_cell_and_every_bench_has_a_bar(self):
        bars = figures.bars()
        cells = [(bench.name, cell.name) for bench in catalogue.BENCHES.values() for cell in bench.cells]
        for bar in bars:
            self.assertTrue(any(bar.concerns(*cell, java) for cell in cells for java in (17, 25)), vars(bar))
        self.assertEqual({bar.name for bar in bars}, set(catalogue.BENCHES))

    def test_heap_by_owner(self):
        before = jvm.histogram("   1:   10   240  java.lang.String (java.base@17.0.15)\nTotal  10  240\n")
        after = jvm.histogram("   1:   20   480  java.lang.String (java.base@17.0.15)\n"
                              "   2:    1    32  [Lorg.python.core.PyObject;\n"
                              "   3:    1    48  org.euryale.posix.StreamSocket\n"
                              "   4:    1    64  sun.nio.ch.SocketChannelImpl (java.base@17.0.15)\n")
        grown = jvm.growth(before, after)
        self.assertEqual(list(grown.items())[0], ("java.lang.String", 240))
        self.assertEqual(jvm.by_owner(grown), {"all": 384, "python": 32, "euryale": 48, "jdk_io": 64, "other": 240})


if __name__ == "__main__":
    unittest.main()
