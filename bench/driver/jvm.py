"""What a running JVM says of itself, through jcmd."""

import re
import shutil
import subprocess
from pathlib import Path

from processes import Failed, environment

LINE = re.compile(r"^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)")


def ask(process, *command):
    java = Path(f"/proc/{process.pid}/exe").resolve()
    jcmd = java.with_name("jcmd")
    if not jcmd.exists():
        jcmd = shutil.which("jcmd")
    if not jcmd:
        raise Failed(f"{process.label}: no jcmd beside {java} nor on PATH; a JDK has it")
    answer = subprocess.run([str(jcmd), str(process.pid), *command], capture_output=True, text=True, timeout=120,
                            env=environment(), stdin=subprocess.DEVNULL)
    if answer.returncode != 0:
        raise Failed(f"{process.label}: jcmd {' '.join(command)}: {(answer.stderr or answer.stdout).strip()}")
    return answer.stdout


def description(process):
    """Its version, the flags it was started with, and its collector."""
    version = ask(process, "VM.version").splitlines()[1:2]
    arguments = re.search(r"^jvm_args: ?(.*)$", ask(process, "VM.command_line"), re.MULTILINE)
    collector = re.search(r"-XX:\+Use(\w+GC)\b", ask(process, "VM.flags"))
    return {"version": version[0].strip() if version else "", "flags": arguments.group(1).strip() if arguments else "",
            "collector": collector.group(1) if collector else ""}


def live_objects(process):
    """Bytes of live objects by class, after full collections: the second frees what the first one's cleaners held."""
    ask(process, "GC.run")
    return histogram(ask(process, "GC.class_histogram"))


def histogram(text):
    found = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            found[match.group(3)] = found.get(match.group(3), 0) + int(match.group(2))
    return found


def owner(name):
    """Whose class it is: python, euryale, jdk_io, or other (collections, strings, arrays: either's)."""
    name = re.sub(r"^\[+L?", "", name)
    for prefix, whose in (("org.python.", "python"), ("org.euryale.", "euryale"), ("sun.nio.", "jdk_io"),
                          ("java.nio.", "jdk_io"), ("java.net.", "jdk_io"), ("sun.net.", "jdk_io"),
                          ("java.io.FileDescriptor", "jdk_io"), ("java.lang.ref.", "jdk_io"),
                          ("jdk.internal.ref.", "jdk_io")):
        if name.startswith(prefix):
            return whose
    return "other"


def growth(before, after):
    """How many bytes there are more, by class; the most first."""
    grown = {name: after.get(name, 0) - before.get(name, 0) for name in before.keys() | after.keys()}
    return dict(sorted(grown.items(), key=lambda item: (-item[1], item[0])))


def by_owner(grown):
    """The sums of `growth`, in all and by owner."""
    sums = {"all": sum(grown.values()), "python": 0, "euryale": 0, "jdk_io": 0, "other": 0}
    for name, size in grown.items():
        sums[owner(name)] += size
    return sums
