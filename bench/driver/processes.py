"""The processes of a run: started, listened to, placed on cores, and ended whatever happens."""

import contextlib
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time


class Failed(Exception):
    """A run failed; the text says whose and why."""


class Interrupted(BaseException):
    """The user wants an end; `number` is the signal's."""

    def __init__(self, number):
        self.number = number


class Interrupts:
    """SIGINT, SIGTERM and SIGHUP raise Interrupted, but not while a process is between its start and our list of them,
    nor while they are being ended: then as soon as that is done."""

    def __init__(self):
        self._depth, self._pending = 0, None

    def install(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._arrived)

    def _arrived(self, number, _frame):
        if self._depth:
            self._pending = number
        else:
            raise Interrupted(number)

    @contextlib.contextmanager
    def deferred(self):
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth and self._pending:
                number, self._pending = self._pending, None
                raise Interrupted(number)


INTERRUPTS = Interrupts()


class Process:
    """A process that speaks in lines. `pid` is the one that it announces, since a launcher may stand before it."""

    def __init__(self, label, command, directory):
        self.label = label
        self._errors = tempfile.TemporaryFile()
        self._lines = queue.Queue()
        try:
            self._popen = subprocess.Popen(
                [str(word) for word in command], cwd=directory, env=environment(), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=self._errors, text=True, start_new_session=True)
        except OSError as e:
            raise Failed(f"{label}: cannot start {command[0]}: {e.strerror}") from e
        self.pid = self._popen.pid
        # Whatever it prints is taken at once: a full pipe would stop a server in the middle of its run.
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._popen.stdout:
            self._lines.put(line.strip())
        self._lines.put(None)

    def line(self, limit):
        """The next line that it prints, within `limit` seconds."""
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            raise Failed(f"{self.label}: no answer within {limit:.0f} s{self.complaint()}") from None
        if line is None:
            self._lines.put(None)
            self._popen.wait()
            raise Failed(f"{self.label}: ended with status {self._popen.returncode}{self.complaint()}")
        return line

    def announced(self, limit):
        """Waits for a line such as `PORT n PID p`, `READY PID p`; returns its words."""
        words = self.line(limit).split()
        if "PID" not in words:
            raise Failed(f"{self.label}: expected a line with its PID, got {' '.join(words)!r}{self.complaint()}")
        self.pid = int(words[words.index("PID") + 1])
        return words

    def ask(self, line, limit):
        try:
            self._popen.stdin.write(line + "\n")
            self._popen.stdin.flush()
        except OSError:
            pass            # it is gone: its next line says so
        return self.line(limit)

    def complaint(self):
        """The last line of its standard error, to be added to a message."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1].strip()}" if lines else ""

    def is_alive(self):
        return self._popen.poll() is None

    def cpu_s(self):
        """User and system time of all its threads so far, those that ended included."""
        try:
            return time.clock_gettime(~self.pid << 3 | 2)       # Linux: the CPU-time clock of another process
        except OSError as e:
            raise Failed(f"{self.label}: is gone{self.complaint()}") from e

    def rss_kib(self):
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def pin(self, cores):
        """Puts all its threads on `cores`; those they start later stay there."""
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread), cores)

    def signal(self, number):
        if self.is_alive():
            os.killpg(self._popen.pid, number)

    def wait(self, limit):
        """Its exit status; raises subprocess.TimeoutExpired."""
        return self._popen.wait(limit)


class Processes:
    """Those of one run. Leaving the context ends all that still live, with everything they started."""

    def __init__(self):
        self._all = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(*self._all)

    def start(self, label, command, directory=None):
        with INTERRUPTS.deferred():
            process = Process(label, command, directory)
            self._all.append(process)
        return process

    def stop(self, *processes):
        with INTERRUPTS.deferred():
            for process in processes:
                process.signal(signal.SIGTERM)
            limit = time.monotonic() + 3
            for process in processes:
                try:
                    process.wait(max(0.01, limit - time.monotonic()))
                except subprocess.TimeoutExpired:
                    process.signal(signal.SIGKILL)
                    process.wait(5)
            self._all = [process for process in self._all if process not in processes]

    @contextlib.contextmanager
    def running(self, label, command, directory=None):
        process = self.start(label, command, directory)
        try:
            yield process
        finally:
            self.stop(process)


def environment():
    """Ours without what would change an interpreter: PYTHONUNBUFFERED, JYTHON_OPTS and the like."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JYTHON"))}


class Placement:
    """Which cores server and load get while they are measured.

    shared: both the same one; what others do hardly changes the figures. apart: one each. free: as the kernel likes.
    """

    NAMES = ("shared", "apart", "free")

    def __init__(self, name):
        cores = sorted(os.sched_getaffinity(0))
        self.all = set(cores)
        last = {cores[-1]}
        if name == "apart" and len(cores) < 2:
            raise ValueError("placement apart needs two cores")
        self.server, self.load = {"shared": (last, last), "apart": (last, {cores[0]}),
                                  "free": (self.all, self.all)}[name]


@contextlib.contextmanager
def on(cores):
    """Processes started inside begin on `cores`."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def machine_busy_s():
    """Time that all cores together have worked so far, and that was stolen from them."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, interrupts, soft, steal = map(int, stat.readline().split()[1:9])
    ticks = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + interrupts + soft) / ticks, steal / ticks
