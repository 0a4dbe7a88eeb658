"""Where CPython 2.7's test package comes from: a CPython 2.7 on the machine, else a package on PyPI.

Either way the files wanted are copied to a folder that holds the `test` package and nothing else, so that the measured
interpreter takes the rest of the standard library from its own.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
VARIABLE = "EURYALE_CPYTHON27"
ASK = "import sys, platform, os, test; print('%s %s %s' % (platform.python_implementation(), " \
      "'.'.join(map(str, sys.version_info[:3])), os.path.dirname(os.path.abspath(test.__file__))))"

# The last release of gevent that carries CPython 2.7's tests and whose set-up, which pip runs to learn its name,
# still works with a released Cython.  Its tests are those of CPython 2.7.16.
GEVENT = "gevent==1.5.0 --hash=sha256:b2814258e3b3fb32786bb73af271ad31f51e1ac01f33b37426b66cb8491b4c29"
GEVENT_VERSION = "2.7.16"


class NoTests(Exception):
    """The tests cannot be had; the text says what to do."""


class Source:
    """A folder with a `test` package: its `directory` and a `title` for people."""

    def __init__(self, directory, title):
        self.directory, self.title = Path(directory), title

    def lacks(self, suite):
        """Why `suite` cannot be had from here, or None."""
        if (self.directory / "test" / f"{suite}.py").is_file():
            return None
        return f"not to be had: no {suite}.py in {self.title}"


def find(wanted, suites):
    """The Source for `suites`.  `wanted` is `auto`, `cpython`, `package`, or a folder that holds a `test` package."""
    if wanted not in ("auto", "cpython", "package"):
        if not (Path(wanted) / "test" / "__init__.py").is_file():
            raise NoTests(f"{wanted} holds no package `test`")
        return Source(wanted, wanted)
    if wanted != "package":
        found = _cpython()
        if found:
            version, package = found
            return Source(_copy(package, f"cpython-{version}", suites), f"CPython {version}")
        if wanted == "cpython":
            raise NoTests(f"no CPython 2.7 with its test package found; name one in {VARIABLE}")
    return _gevent(suites)


def cache():
    """The folder for what is fetched or copied: `conformance` in Euryale's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "euryale" / "conformance"


def cpython27():
    """The executable of a CPython 2.7 that has its test package, or None."""
    return next((python for python in _candidates() if _ask(python)), None)


def _cpython():
    """(version, folder of the test package) of the first CPython 2.7 that has one."""
    found = next(filter(None, map(_ask, _candidates())), None)
    if not found and os.environ.get(VARIABLE):
        raise NoTests(f"{VARIABLE}={os.environ[VARIABLE]} is no CPython 2.7 that has its test package")
    return found


def _candidates():
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        return [path / "bin" / "python2.7" if path.is_dir() else path]
    candidates = [shutil.which("python2.7")]
    if shutil.which("pyenv"):
        prefix = subprocess.run(["pyenv", "prefix", "2.7.18"], capture_output=True, text=True)
        if prefix.returncode == 0:
            candidates.append(Path(prefix.stdout.strip()) / "bin" / "python2.7")
    return list(filter(None, candidates))


def _ask(python):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(python), "-B", "-c", ASK]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return None
    implementation, version, package = (answer.stdout.split(None, 2) + ["", "", ""])[:3]
    if answer.returncode != 0 or implementation != "CPython" or not version.startswith("2.7."):
        return None
    return version, Path(package.strip())


def _copy(package, name, suites):
    """Copies what the suites need of the test package at `package`; returns the folder that then holds `test`."""
    target = cache() / name
    wanted = [package / f"{suite}.py" for suite in suites]
    for pattern in ("__init__.py", "test_support.py", "script_helper.py", "mapping_tests.py", "subprocessdata/*.py",
                    "support/*.py", "ssl_servers.py", "*.pem", "*.crl", "capath/*"):
        wanted += package.glob(pattern)
    for path in wanted:
        copy = target / "test" / path.relative_to(package)
        if path.is_file() and not (copy.is_file() and copy.read_bytes() == path.read_bytes()):
            copy.parent.mkdir(parents=True, exist_ok=True)
            # Two runs may copy at once: a reader never sees half a file.
            part = copy.with_name(f".{copy.name}.{os.getpid()}")
            shutil.copyfile(path, part)
            os.replace(part, copy)
    return target


def _gevent(suites):
    """The tests of gevent's source package; CPython's test_support, which it lacks, has a stand-in of ours."""
    archive = _download()
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                name = member.name.partition("/greentest/2.7/")[2]
                if name and member.isfile() and ".." not in name:
                    path = Path(scratch) / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(tar.extractfile(member).read())
        target = _copy(Path(scratch), f"gevent-{GEVENT_VERSION}", suites)
    (target / "test" / "__init__.py").touch()
    shutil.copyfile(HERE / "stand_in" / "test_support.py", target / "test" / "test_support.py")
    return Source(target, f"gevent 1.5.0 (tests of CPython {GEVENT_VERSION})")


def _download():
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.glob("gevent-*.tar.gz"))
    if found:
        return found[0]
    print("no CPython 2.7 found: fetching the tests from PyPI, once; pip takes a minute or two", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        requirements, constraints = Path(scratch) / "requirements", Path(scratch) / "constraints"
        requirements.write_text(GEVENT + "\n")
        constraints.write_text("Cython<3\n")
        environment = dict(os.environ, PIP_CONSTRAINT=str(constraints), PIP_BUILD_CONSTRAINT=str(constraints))
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--no-binary", ":all:", "--require-hashes", "-r", str(requirements), "--dest", scratch]
        pip = subprocess.run(command, env=environment, capture_output=True, text=True)
        archives = list(Path(scratch).glob("gevent-*.tar.gz"))
        if not archives:
            lines = [line.strip() for line in pip.stderr.splitlines() if line.strip()] or [f"exit {pip.returncode}"]
            error = next((line for line in lines if line.lower().startswith("error")), lines[-1])
            raise NoTests(f"no CPython 2.7 found, and pip could not fetch the tests ({error}); install a CPython 2.7 "
                          f"or name one in {VARIABLE}")
        return shutil.move(str(archives[0]), str(folder / archives[0].name))
