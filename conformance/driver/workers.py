"""Runs one suite in worker processes of the measured interpreter, so that a hang or a crash costs one test."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

MAIN = Path(__file__).resolve().parent.parent / "worker" / "main.py"
# For the start of the interpreter and the module's import, beside the time limit of the first test.
START_SECONDS = 90
# The first start of an interpreter may build it.
PROBE_SECONDS = 900
LOOK_SECONDS = 0.05
OLD_TLS = MAIN.parent.parent / "old_tls.properties"


def settings():
    """What to set for Euryale so that its JVM does nothing that a test takes for the program's.

    Its JDK speaks TLS 1.0 and takes RSA alone for the exchange of keys, which other people's tests of TLS want. JSSE also
    hides the first byte of what is written in a record of its own (against an attack on CBC in TLS 1.0), where OpenSSL
    sends an empty record before it, and tests count on what one read returns. To decide how many threads shall compile,
    HotSpot opens files of the control group again and again (CompileBroker::possibly_add_compiler_threads), and tests
    compare what is in /proc/self/fd. The optimizing compiler stays off: no test lives long enough to gain by it, and of
    the hundreds of interpreters that the tests start each would cost twice the CPU."""
    options = (f"-Djava.security.properties={OLD_TLS} -Djsse.enableCBCProtection=false "
               "-XX:-UseDynamicNumberOfCompilerThreads -XX:TieredStopAtLevel=1")
    return {"EURYALE_JAVA_OPTS": f"{os.environ.get('EURYALE_JAVA_OPTS', '')} {options}".strip()}


class NoInterpreter(Exception):
    """The command to measure does not run Python; the text says what it did."""


class Interpreter:
    """A command that runs Python files, and what it says it is: `title`, and whether it `counts_threads`.

    `environment` has variables to set for it beside this process's."""

    def __init__(self, command, environment=None):
        self.command = list(command)
        self.environment = {**os.environ, **(environment or {})}
        if os.path.dirname(self.command[0]):
            # Workers start in other folders.
            self.command[0] = os.path.abspath(self.command[0])
        # A shell that starts us in the background leaves SIGINT ignored, and so would be that of children's children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        shown = " ".join(self.command)
        try:
            answer = subprocess.run(self.command + [str(MAIN), "probe"], stdin=subprocess.DEVNULL,
                                    capture_output=True, text=True, timeout=PROBE_SECONDS, env=self.environment)
        except OSError as error:
            raise NoInterpreter(f"{shown}: {error.strerror}") from error
        except subprocess.TimeoutExpired as error:
            raise NoInterpreter(f"{shown}: did not start within {PROBE_SECONDS} s") from error
        said = [line.split("\t") for line in answer.stdout.splitlines() if line.startswith("probe\t")]
        if not said:
            last = (answer.stderr.strip().splitlines() or ["it printed nothing"])[-1]
            raise NoInterpreter(f"{shown}: does not run Python (exit {answer.returncode}: {last})")
        _, implementation, version, java, threads = said[-1]
        self.title = f"{implementation} {version}" + (f" on Java {java}" if java else "")
        self.counts_threads = threads == "counted"


class Suite:
    """One suite's run, in workers that are started with `start`: the file to run and its first arguments.

    `verdicts` maps a test's name without the suite's to (verdict, detail); `report(test, verdict, detail)` is called for each as it comes,
    in the thread that runs.  `stop()` may be called from any thread and ends the run.
    """

    def __init__(self, interpreter, start, name, limit, report, logs=None):
        self.name, self.verdicts = name, {}
        self._interpreter, self._start, self._limit, self._report = interpreter, start, limit, report
        self._logs = logs
        self._lock, self._process, self._stopped = threading.Lock(), None, False

    def run(self, wanted):
        """Runs the tests named in `wanted`, by their full names; one that is not there gets the verdict error."""
        wanted = [test[len(self.name) + 1:] for test in wanted]
        scratch = Path(tempfile.mkdtemp(prefix="conformance-"))
        try:
            with open(Path(self._logs or scratch) / f"{self.name}.log", "ab") as log:
                reason, unimportable = self._run(scratch, wanted, log)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        for test in wanted:
            if test not in self.verdicts and not self._stopped:
                why = next((why for module, why in unimportable.items() if test.startswith(module + ".")), reason)
                self._record(test, "error", f"not collected: {why}")

    def stop(self):
        with self._lock:
            self._stopped = True
            if self._process is not None:
                _end(self._process)

    def _run(self, scratch, left, log):
        """Starts workers until no test is left.  Returns why some may have no verdict, and the same by module."""
        unimportable = {}
        while True:
            worker = Worker(scratch, self._limit)
            with self._lock:
                if self._stopped:
                    return "stopped", unimportable
                self._process = worker.start(self._interpreter, self._start, self.name, left, log)
            before = len(self.verdicts)
            try:
                worker.follow(self._record)
            finally:
                with self._lock:
                    _end(self._process)
                    self._process = None
            unimportable.update(worker.unimportable)
            if worker.broken:
                return worker.broken, unimportable
            if worker.ending and not worker.collected:
                return f"{worker.ending}: {_last_line(log.name)}", unimportable
            left = [test for test in worker.collected if test not in self.verdicts]
            if not left:
                return "the module has no such test", unimportable
            if len(self.verdicts) == before:
                return worker.ending, unimportable

    def _record(self, test, verdict, detail):
        if test not in self.verdicts:
            self.verdicts[test] = verdict, detail
            self._report(f"{self.name}.{test}", verdict, detail)


class Worker:
    """One process of the measured interpreter and what its journal says.

    `collected` are the tests it found among those asked for, `broken` says why it could load none, `unimportable` the
    same by module, `ending` how it ended if not by itself.
    """

    def __init__(self, scratch, limit):
        self._folder, self._limit = Path(tempfile.mkdtemp(dir=scratch)), limit
        self._journal, self._offset, self._rest = self._folder / "journal", 0, b""
        self._current, self._stuck, self._ended = None, "", False
        self.collected, self.broken, self.unimportable, self.ending = [], None, {}, None

    def start(self, interpreter, start, suite, tests, log):
        self._journal.touch()
        todo, home = self._folder / "todo", self._folder / "home"
        todo.write_text("\n".join(tests))
        home.mkdir()
        command = interpreter.command + [*map(str, start), suite, str(self._journal), str(self._limit), str(todo)]
        # A session of its own, so that what a test starts can be ended with it.
        self._process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, stdout=log,
                                         stderr=subprocess.STDOUT, start_new_session=True,
                                         env=interpreter.environment)
        return self._process

    def follow(self, record):
        """Reads the journal until the worker is done, dead, or in one test for too long, whose verdict it gives."""
        since = time.monotonic()
        while not self._ended and self.broken is None:
            # Asked before the last look, so that nothing written before the exit is missed.
            exited = self._process.poll() is not None
            if self._read(record):
                since = time.monotonic()
            elif exited:
                status = self._process.returncode
                self.ending = (f"the interpreter ended with exit status {status}" if status >= 0
                               else f"signal {-status} from elsewhere ended the interpreter")
                if self._current:
                    record(self._current, "error", self.ending)
                return
            elif time.monotonic() - since > self._limit + (0 if self._current else START_SECONDS):
                self.ending = f"no answer for {self._limit:g} s"
                if self._current:
                    record(self._current, "hang", self._stuck)
                return
            else:
                time.sleep(LOOK_SECONDS)

    def _read(self, record):
        """Takes in what is new in the journal; True when a test began or ended."""
        with open(self._journal, "rb") as journal:
            journal.seek(self._offset)
            new = journal.read()
        self._offset += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        moved = False
        for line in lines:
            kind, *fields = line.decode("utf-8", "replace").split("\t")
            if kind == "has":
                self.collected.append(fields[0])
            elif kind == "start":
                self._current, moved = fields[0], True
            elif kind == "result":
                record(*fields)
                self._current, moved = None, True
            elif kind == "stuck":
                self._stuck = fields[1]
            elif kind == "unimportable":
                self.unimportable[fields[0]] = fields[1]
            elif kind == "broken":
                self.broken = fields[0]
            elif kind == "end":
                self._ended = True
        return moved


def _last_line(path):
    """What a worker that came to nothing said last."""
    lines = Path(path).read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")


def _end(process):
    """Kills a worker and all that is in its session."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
