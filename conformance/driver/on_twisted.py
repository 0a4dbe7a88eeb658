"""The command behind conformance/on_twisted/run."""

import argparse
import os
import shlex
from pathlib import Path

import expectations
import names
import packages
import report
import runs
import trial
import workers

FOLDER = Path(__file__).resolve().parent.parent
REQUIREMENTS = FOLDER / "on_twisted" / "requirements.txt"
NAMES = FOLDER / "on-twisted.tsv"
STAND_IN = FOLDER / "stand_in"
PACKAGES = ("klein", "treq", "autobahn")
REACTOR = "epoll"
# autobahn's tests ask for which of two event loops they are run, and MessagePack in Python is chosen on PyPy alone.
SETTINGS = {"USE_TWISTED": "1", "AUTOBAHN_USE_UMSGPACK": "1", "PURE_PYTHON": "1", "PYTHONDONTWRITEBYTECODE": ""}


def options(arguments):
    parser = argparse.ArgumentParser(
        prog="conformance/on_twisted/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs the own tests of klein 20.6.0, treq 21.1.0 and autobahn 19.11.2, a verdict a test: ok, fail, "
        "error, skip or hang.",
        epilog="exit status: 0 as expected, 1 a test contradicts the expectations, 2 could not run all that was asked")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {' '.join(PACKAGES)}")
    parser.add_argument("--all", action="store_true", help="all of them")
    parser.add_argument("--only", metavar="PATTERN", help="tests whose name contains PATTERN, or matches it if it has "
                        "* or ?")
    parser.add_argument("--reactor", choices=trial.REACTORS, default=REACTOR, help="the reactor that is installed "
                        f"[{REACTOR}]")
    parser.add_argument("--python", metavar="COMMAND", help="the interpreter to measure, which has pyOpenSSL and "
                        "cryptography [this checkout's euryale]; all tests are then expected to pass")
    parser.add_argument("--timeout", type=float, default=trial.LIMIT, metavar="S",
                        help="seconds for each test [%(default)s]")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N",
                        help="packages at a time [%(default)s]")
    parser.add_argument("--logs", metavar="DIR", help="keep what the tests print there, a file a package")
    parser.add_argument("--propose", metavar="FILE", help="write an expectation file from this run, for review")
    parser.add_argument("--record", metavar="FILE", help="run all tests there are, and write the names of those that "
                        "pass: how on-twisted.tsv was made on CPython 2.7.18")
    chosen = parser.parse_args(arguments)
    if not (chosen.all or chosen.packages):
        parser.error("name a package, or --all")
    for name in chosen.packages:
        if name not in PACKAGES:
            parser.error(f"{name} is not measured here; the packages are {' '.join(PACKAGES)}")
    return chosen


def path(chosen):
    """Where the tests find packages. An interpreter of the caller's brings those that are in C itself."""
    folders = [STAND_IN / "klein", packages.folder(REQUIREMENTS, trial.EURYALE)]
    folders += [os.environ.get("PYTHONPATH")] if chosen.python else [STAND_IN / "twisted"]
    return os.pathsep.join(map(str, filter(None, folders)))


def main(arguments):
    chosen = options(arguments)
    suites = [name for name in PACKAGES if chosen.all or name in chosen.packages]
    environment = {**SETTINGS, "PYTHONPATH": path(chosen), **({} if chosen.python else workers.settings())}
    interpreter = workers.Interpreter(shlex.split(chosen.python) if chosen.python else trial.EURYALE + ["run"],
                                      environment)
    if chosen.logs:
        Path(chosen.logs).mkdir(parents=True, exist_ok=True)
    if chosen.record:
        verdicts = trial.run_all(interpreter, {name: [] for name in suites}, chosen)
        with open(chosen.record, "w", encoding="utf-8") as out:
            out.write(f"# Tests of klein 20.6.0, treq 21.1.0 and autobahn 19.11.2 that pass on {interpreter.title} on "
                      f"Linux, {chosen.reactor} reactor.\n")
            out.writelines(f"{test}\tok\n" for test in sorted(verdicts) if verdicts[test][0] == "ok")
        return runs.AS_EXPECTED
    known = names.Names(NAMES)
    expected = (expectations.Expectations({}) if chosen.python
                else expectations.Expectations.read(expectations.ON_TWISTED_FILE, known))
    selected = runs.matcher(chosen.only)
    wanted = {name: [test for test in known.counted if known.suite_of(test) == name and selected(test)]
              for name in suites}
    counted = [test for tests in wanted.values() for test in tests]
    if not counted:
        raise names.BadFile(f"no test that counts matches {chosen.only}")
    report.say(f"# {interpreter.title}; {chosen.reactor} reactor; {chosen.timeout:g} s a test")
    verdicts = trial.run_all(interpreter, {name: tests for name, tests in wanted.items() if tests}, chosen)
    return runs.conclude(known, suites, counted, verdicts, expected, chosen.propose)


if __name__ == "__main__":
    runs.command("conformance/on_twisted/run", main)
