"""Programs in the documentation of a package, as its source distribution has them, and how they are run."""

import contextlib
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

# How long a program may take to start, and how long to end.
SECONDS = 60


def blocks(path):
    """The programs in a text: what is indented below a line that ends with a colon or begins with `.. code`."""
    found, block = [], []
    for line in [*Path(path).read_text(encoding="utf-8").split("\n"), "end"]:
        if line.startswith((" ", "\t")) or block and not line.strip():
            block.append(line)
        elif block:
            found.append(textwrap.dedent("\n".join(block)).strip() + "\n")
            block = []
    return [program for program in found if re.search(r"^(from|import) ", program, re.MULTILINE)]


def demand_free(port):
    """Raises where somebody has the port: then it would not be the example that answers."""
    for host in "127.0.0.1", "::1":
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if ":" in host and not os.path.exists("/proc/net/if_inet6"):
                    continue
                raise RuntimeError(f"port {port}, which the examples themselves name, cannot be had: {error}") from None


class Program:
    """A program that runs in a folder of its own, with its output in a file there."""

    def __init__(self, command, folder):
        self.folder = Path(folder)
        self.log = open(self.folder / "log", "w+b")
        self.process = subprocess.Popen(list(map(str, command)), cwd=folder, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"})

    def said(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def wait_until(self, condition, what):
        end = time.monotonic() + SECONDS
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{what} did not come; the example said:\n{self.said()[-2000:]}")
            time.sleep(0.05)

    def listens(self, host, port):
        try:
            socket.create_connection((host, port), SECONDS).close()
            return True
        except OSError:
            return False

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


@contextlib.contextmanager
def running(command, folder, port=None, host="127.0.0.1"):
    """A program that serves on a port, ended afterwards."""
    if port is not None:
        demand_free(port)
    program = Program(command, folder)
    try:
        if port is not None:
            program.wait_until(lambda: program.listens(host, port), f"port {port}")
        yield program
    finally:
        program.end()


def output(interpreter, text, *others, result=None):
    """What a program writes that runs to its end. `others` are files of its folder, (name, text); with `result`, a file that
    it makes there, what is in that as well."""
    with tempfile.TemporaryDirectory(prefix="examples-") as folder:
        for name, content in [("example.py", text), *others]:
            Path(folder, name).write_text(content, encoding="utf-8")
        run = subprocess.run([*interpreter, "example.py"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                             encoding="utf-8", timeout=SECONDS, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
        if run.returncode != 0:
            raise RuntimeError(f"the example ended with {run.returncode}: {run.stdout}{run.stderr}")
        return (run.stdout, Path(folder, result).read_text(encoding="utf-8")) if result else run.stdout


def changed(text, changes):
    """A program with its addresses in the place of those that it has; each must be there."""
    for old, new in changes:
        if old not in text:
            raise RuntimeError(f"the example has no {old}: is it of another release?")
        text = text.replace(old, new)
    return text


def arguments():
    """The command of the interpreter and what else the runner says, taken from sys.argv."""
    interpreter, *others = sys.argv[1:]
    del sys.argv[1:]
    return shlex.split(interpreter), others
