"""The command behind conformance/pyopenssl/run."""

import argparse
import os
import shlex
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import expectations
import names
import packages
import report
import runs
import sources
import workers

FOLDER = Path(__file__).resolve().parent.parent
REQUIREMENTS = FOLDER / "pyopenssl" / "requirements.txt"
NAMES = FOLDER / "pyopenssl-21.0.0.tsv"
STAND_IN = FOLDER / "stand_in" / "pyopenssl"
WORKER = FOLDER / "worker" / "pytest_main.py"
RELEASE = "pyOpenSSL-21.0.0"
EURYALE = [str(expectations.ROOT / "euryale")]


def options(arguments):
    parser = argparse.ArgumentParser(
        prog="conformance/pyopenssl/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs pyOpenSSL 21.0.0's own tests, a verdict a test: ok, fail, error, skip or hang.",
        epilog="exit status: 0 as expected, 1 a test contradicts the expectations, 2 could not run all that was asked")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="test_crypto, or crypto for short")
    parser.add_argument("--all", action="store_true", help="every suite")
    parser.add_argument("--only", metavar="PATTERN", help="tests whose name contains PATTERN, or matches it if it has "
                        "* or ?")
    parser.add_argument("--python", metavar="COMMAND", help="the interpreter to measure, which has pyOpenSSL and "
                        "cryptography [this checkout's euryale]; all tests are then expected to pass")
    parser.add_argument("--timeout", type=float, default=60, metavar="S", help="seconds for each test [60]")
    parser.add_argument("--logs", metavar="DIR", help="keep what the tests print there, a file a suite")
    parser.add_argument("--propose", metavar="FILE", help="write an expectation file from this run, for review")
    parser.add_argument("--record", metavar="FILE", help="run all tests there are, and write the names of those that "
                        "pass: how pyopenssl-21.0.0.tsv was made on CPython 2.7.18")
    chosen = parser.parse_args(arguments)
    if not (chosen.all or chosen.suites):
        parser.error("name a suite, or --all")
    return chosen


def tests():
    """The folder that has the release's package `tests`; fetched from PyPI if need be."""
    target = sources.cache() / RELEASE
    if not target.exists():
        python = sources.cpython27()
        if python is None:
            raise sources.NoTests(f"{RELEASE} is fetched with the pip of a CPython 2.7, and there is none; "
                                  f"name one in {sources.VARIABLE}")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            command = [str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                       "--no-binary", ":all:", "--dest", scratch, RELEASE.replace("-", "==")]
            pip = subprocess.run(command, capture_output=True, text=True)
            if pip.returncode != 0:
                lines = [line for line in pip.stderr.splitlines() if line.strip()] or [f"exit {pip.returncode}"]
                raise sources.NoTests(f"pip could not fetch {RELEASE}: {lines[-1]}")
            with tarfile.open(next(Path(scratch).glob("*.tar.gz"))) as archive:
                wanted = [member for member in archive.getmembers()
                          if member.isfile() and member.name.startswith(f"{RELEASE}/tests/") and ".." not in member.name]
                archive.extractall(scratch, wanted)
            shutil.move(str(Path(scratch) / RELEASE), str(target))
    return target


def main(arguments):
    chosen = options(arguments)
    path = [str(packages.folder(REQUIREMENTS, EURYALE)), str(tests())]
    environment = {"PYTHONDONTWRITEBYTECODE": ""}
    if not chosen.python:
        path.append(str(STAND_IN))
        environment.update(workers.settings())
    environment["PYTHONPATH"] = os.pathsep.join(path)
    interpreter = workers.Interpreter(shlex.split(chosen.python) if chosen.python else EURYALE + ["run"], environment)
    if chosen.logs:
        Path(chosen.logs).mkdir(parents=True, exist_ok=True)
    verdicts = {}

    def report_one(test, verdict, detail):
        verdicts[test] = verdict, detail
        report.say(report.line(test, verdict, detail))

    def run_all(wanted):
        suites = [workers.Suite(interpreter, [WORKER], name, chosen.timeout, report_one, chosen.logs) for name in wanted]
        runs.run_suites(suites, wanted, 1)
    suites = [name if name.startswith("test_") else f"test_{name}" for name in chosen.suites]
    if chosen.record:
        run_all({name: [] for name in suites})
        with open(chosen.record, "w", encoding="utf-8") as out:
            out.write(f"# {RELEASE}'s tests that pass on {interpreter.title} on Linux, with cryptography 3.3.2.\n")
            for test in verdicts:
                if verdicts[test][0] == "ok":
                    out.write(f"{test}\tok\n")
        return runs.AS_EXPECTED
    known = names.Names(NAMES)
    expected = (expectations.Expectations({}) if chosen.python
                else expectations.Expectations.read(expectations.PYOPENSSL_FILE, known))
    suites = known.suites if chosen.all else suites
    for name in suites:
        if name not in known.suites:
            raise names.BadFile(f"{name} is not measured here; the suites are {' '.join(known.suites)}")
    selected = runs.matcher(chosen.only)
    counted = [test for test in known.counted if known.suite_of(test) in suites and selected(test)]
    if not counted:
        raise names.BadFile(f"no test that counts matches {chosen.only}")
    report.say(f"# {interpreter.title}; {RELEASE}; {chosen.timeout:g} s a test")
    wanted = {}
    for test in counted:
        wanted.setdefault(known.suite_of(test), []).append(test)
    run_all(wanted)
    return runs.conclude(known, suites, counted, verdicts, expected, chosen.propose)


if __name__ == "__main__":
    runs.command("conformance/pyopenssl/run", main)
