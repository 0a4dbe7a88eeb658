"""The peers: what each is built from, and the commands that start it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from processes import environment

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent
OUT = HERE / "out"
VARIABLE = "EURYALE_CPYTHON27"
VARIABLE_3 = "EURYALE_CPYTHON3"
REQUIREMENTS = ROOT / "conformance" / "twisted" / "requirements.txt"
ASK = "import sys, platform; print(platform.python_implementation() + ' ' + sys.version.split()[0] + '\\n' + sys.executable)"

# The collector that the launcher gives Euryale; nio and stock-serial get it too, so that they differ in their code alone.
NIO_FLAGS = ["-XX:+UseSerialGC"]


NETTY = "4.2.18.Final"

# What loadgen is told to go over TLS.
TLS = "-t"


class Absent(Exception):
    """A peer cannot be had; the text says what to do."""


class Peer:
    """`interpreter` starts a Python program, or is None; `server` and `caller` are the whole command of others."""

    def __init__(self, name, version, is_jvm, interpreter=None, server=None, caller=None, with_twisted=None):
        self.name, self.version, self.is_jvm = name, version, is_jvm
        self.interpreter, self._server, self._caller = interpreter, server, caller
        self._with_twisted = with_twisted

    def server(self, bench, arguments):
        if self._server:
            return [*self._server, *arguments]
        return self._program(bench, arguments)

    def caller(self, bench):
        return self._caller or self._program(bench, ())

    def script(self, name, arguments):
        """The command of one of Twisted's scripts. Modules that were compiled are kept, as people have it."""
        folder = twisted(self.name)
        prefix = (self._with_twisted(folder) if self._with_twisted else
                  ["env", f"PYTHONPATH={folder}", *(word for word in self.interpreter if word != "-B")])
        return [*prefix, folder / "bin" / name, *arguments]

    def _program(self, bench, arguments):
        command = [*self.interpreter, HERE / "servers" / bench.program, *arguments]
        return ["env", f"PYTHONPATH={twisted(self.name)}", *command] if bench.packages else command


def make(name, launcher):
    """The peer of that name; `launcher` is the euryale to measure."""
    if name == "euryale":
        return _euryale(Path(launcher))
    return {"c": _c, "cpython27": _cpython27, "cpython3": _cpython3, "uvloop": _uvloop, "netty": _netty, "stock": _stock,
            "stock-serial": _stock_serial, "nio": _nio}[name]()


def twisted(name):
    """The folder with Twisted for a peer: the newest for CPython 3, 20.3.0 for all others. Fetched once."""
    if name == "cpython3":
        return _packages("twisted-tls-3", "cpython3", "Twisted[tls]")
    # Jython as it is released keeps its compiled modules apart from Euryale's.
    folder = "twisted-stock" if name.startswith("stock") else "twisted-2.7"
    # zope is a namespace package, which Python 2.7 finds by a .pth file that only site directories may have.
    return _packages(folder, "cpython27", "-r", REQUIREMENTS, touched="zope/__init__.py")


def _packages(folder, peer, *wanted, touched=".complete"):
    """A folder of packages from PyPI, fetched once."""
    folder = OUT / folder
    done = folder / ".complete"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _build(f"fetch {wanted[-1]} from PyPI", [make(peer, None).interpreter[0], "-m", "pip", "install", "--quiet",
                                                "--disable-pip-version-check", "--target", folder, *wanted])
        (folder / touched).touch()
        done.touch()
    return folder


def load_generator(options):
    """The load for a cell with these options."""
    if TLS in options:
        return _compiled("loadgen", "loadgen-tls", "-DTLS", "-lssl", "-lcrypto")
    return _compiled("loadgen")


def certificate():
    """Makes what echo_twisted.py shows over TLS."""
    file = OUT / "tls.pem"
    if not file.exists():
        _build("make a certificate", ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file, "-out",
                                      OUT / "tls.crt", "-days", "3650", "-subj", "/CN=localhost"])
        file.write_bytes(file.read_bytes() + (OUT / "tls.crt").read_bytes())


def c_echo():
    return _compiled("epoll_echo")


def _c():
    return Peer("c", f"C, {_output(['cc', '--version']).splitlines()[0]}", False, server=[c_echo()])


def _nio():
    for name in ("NioEcho", "NioCall"):
        _compiled_java(name)
    command = [_java("java"), *NIO_FLAGS, "-cp", OUT]
    return Peer("nio", "java.nio", True, server=[*command, "NioEcho"], caller=[*command, "NioCall"])


def _netty():
    jars = [_artifact("io.netty", f"netty-{part}", NETTY)
            for part in ("common", "buffer", "resolver", "transport", "codec-base", "handler",
                         "transport-native-unix-common")]
    _compiled_java("NettyEcho", *jars)
    command = [_java("java"), *NIO_FLAGS, "-cp", ":".join(map(str, [OUT, *jars])), "NettyEcho"]
    return Peer("netty", f"Netty {NETTY}", True, server=command)


def _compiled_java(name, *jars):
    source = HERE / "peers" / f"{name}.java"
    if _is_stale(OUT / f"{name}.class", source):
        _build(f"compile {name}.java", [_java("javac"), "-Xlint:all,-processing,-path", "-Werror", "--release", "17", "-cp",
                                        ":".join(map(str, [OUT, *jars])), "-d", OUT, source])


def _cpython27():
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        candidates = [path / "bin" / "python2.7" if path.is_dir() else path]
    else:
        candidates = [shutil.which("python2.7")]
        if shutil.which("pyenv"):
            candidates.append(Path(_output(["pyenv", "prefix", "2.7.18"]).strip() or "/nowhere") / "bin" / "python2.7")
    for candidate in filter(None, candidates):
        version, _, executable = _output([candidate, "-B", "-c", ASK]).strip().partition("\n")
        if version.startswith("CPython 2.7."):
            return Peer("cpython27", version, False, interpreter=[executable, "-B"])
    raise Absent(f"{VARIABLE}={named} is no CPython 2.7" if named else
                 f"peer cpython27: no CPython 2.7 found; name one in {VARIABLE}, or leave it out with --peers")


def _cpython3():
    named = os.environ.get(VARIABLE_3)
    versions = [] if named else [f"python3.{minor}" for minor in range(20, 8, -1)]
    for candidate in filter(None, [named, *map(shutil.which, versions), sys.executable]):
        version, _, executable = _output([candidate, "-B", "-c", ASK]).strip().partition("\n")
        if version.startswith("CPython 3."):
            return Peer("cpython3", version, False, interpreter=[executable, "-B"])
    raise Absent(f"{VARIABLE_3}={named} is no CPython 3")


def _uvloop():
    python = _cpython3()
    folder = _packages("uvloop", "cpython3", "uvloop")
    return Peer("uvloop", f"{python.version}, uvloop", False,
                server=["env", f"PYTHONPATH={folder}", *python.interpreter, HERE / "servers" / "echo_uvloop.py"])


def _stock_serial():
    return _stock("stock-serial", NIO_FLAGS)


def _stock(name="stock", flags=()):
    version = re.search(r"<jython\.version>(.*?)</", (ROOT / "pom.xml").read_text()).group(1)
    jar = _artifact("org.python", "jython-standalone", version)

    def with_twisted(folder):
        # Twisted opens a jar on sys.path as a zip file, again and again: Lib is unpacked, as an installer would have it.
        home = OUT / f"jython-{version}"
        if not (home / "Lib" / "site.py").exists():
            _build("unpack Jython's library", [sys.executable, "-m", "zipfile", "-e", jar, home])
        return ["env", f"JYTHONPATH={HERE / 'peers' / 'stock'}:{folder}", _java("java"), *flags, f"-Dpython.home={home}",
                "-cp", jar, "org.python.util.jython"]

    return Peer(name, f"Jython {version}", True, interpreter=[_java("java"), *flags, "-jar", jar, "-B"],
                with_twisted=with_twisted)


def _artifact(group, artifact, version):
    """A jar from Maven's repositories, fetched once."""
    jar = OUT / f"{artifact}-{version}.jar"
    if not jar.exists():
        if not shutil.which("mvn"):
            raise Absent(f"Maven is needed to fetch {artifact}; on Debian: apt-get install maven")
        plugin = re.search(r"<artifactId>maven-dependency-plugin</artifactId>\s*<version>(.*?)</",
                           (ROOT / "pom.xml").read_text()).group(1)
        _build(f"fetch {artifact}", ["mvn", "-B", "-q", f"org.apache.maven.plugins:maven-dependency-plugin:{plugin}:copy",
                                     f"-Dartifact={group}:{artifact}:{version}", f"-DoutputDirectory={OUT}"])
    return jar


def _euryale(launcher):
    if not os.access(launcher, os.X_OK):
        raise Absent(f"peer euryale: {launcher} is no launcher; run this from a checkout, or name one with --euryale")
    _build("build Euryale", [launcher, "-c", ""])
    commit = _output(["git", "-C", launcher.parent, "describe", "--always", "--dirty"]).strip()
    return Peer("euryale", f"Euryale {commit}".strip(), True, interpreter=[launcher, "-B"])


def _compiled(name, target=None, *flags):
    source, target = HERE / "peers" / f"{name}.c", OUT / (target or name)
    if _is_stale(target, source):
        if not shutil.which("cc"):
            raise Absent("a C compiler is needed for the load; on Debian: apt-get install gcc libc6-dev libssl-dev")
        _build(f"compile {name}.c",
               ["cc", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", target, source, *flags])
    return target


def _java(tool):
    """`tool` of the JDK that the launcher takes: JAVA_HOME's, else the one on PATH."""
    home = os.environ.get("JAVA_HOME")
    if home and os.access(Path(home) / "bin" / "java", os.X_OK):
        found = shutil.which(tool, path=str(Path(home) / "bin"))
    else:
        found = shutil.which(tool)
    if not found:
        raise Absent(f"{tool} is needed, of Java 17 or later; on Debian: apt-get install openjdk-17-jdk-headless")
    return found


def java():
    """The version of Java that is measured, such as 17."""
    told = re.search(r" (\d+)", _output([_java("java"), "--version"]))
    if not told:
        raise Absent(f"{_java('java')} does not tell its version; Java 17 or later is needed")
    return int(told.group(1))


def _is_stale(target, source):
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _build(what, command):
    OUT.mkdir(exist_ok=True)
    # What it says is for people, as it is; standard output is kept for figures.
    done = subprocess.run([str(word) for word in command], stdout=sys.stderr, env=environment(),
                          stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Absent(f"cannot {what}; the reason is above")


def _output(command):
    """What the command prints, or nothing where it fails or is missing."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment(),
                              stdin=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
