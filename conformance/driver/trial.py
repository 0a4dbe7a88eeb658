"""The command behind conformance/twisted/run."""

import argparse
import copy
import os
import re
import shlex
from pathlib import Path

import expectations
import names
import packages
import report
import runs
import workers

FOLDER = Path(__file__).resolve().parent.parent
REQUIREMENTS = FOLDER / "twisted" / "requirements.txt"
NAMES = FOLDER / "twisted-20.3.0.tsv"
TLS_NAMES = FOLDER / "twisted-20.3.0-tls.tsv"
STAND_IN = FOLDER / "stand_in" / "twisted"
# The packages of whose tests some make certificates with cryptography wherever OpenSSL can be imported.
WITH_CERTIFICATES = ("twisted.internet", "twisted.protocols", "twisted.test", "twisted.web")
WORKER = FOLDER / "worker" / "trial_main.py"
# Trial's own 120 s come at 70 % of it (worker/trial_main.py).
LIMIT = 172
REACTORS = ("select", "poll", "epoll", "euryale")
OURS = "euryale"
# Twisted's tests of reactors exist once for each reactor; for ours they are run in the place of epoll's.
OF_REACTORS = re.compile(r"_(Select|Poll|EPoll)ReactorTests\.")
EURYALE = [str(expectations.ROOT / "euryale")]


def options(arguments):
    parser = argparse.ArgumentParser(
        prog="conformance/twisted/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs Twisted 20.3.0's own tests, a verdict a test: ok, fail, error, skip or hang.",
        epilog="exit status: 0 as expected, 1 a test contradicts the expectations, 2 could not run all that was asked")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="twisted.web, or web for short")
    parser.add_argument("--all", action="store_true", help="every package")
    parser.add_argument("--reactor", choices=REACTORS, default="epoll", help="the reactor that is installed [epoll]")
    parser.add_argument("--only", metavar="PATTERN", action="append", help="tests whose name contains PATTERN, or "
                        "matches it if it has * or ?; may be given several times")
    parser.add_argument("--python", metavar="COMMAND", help="the interpreter to measure [this checkout's euryale]; "
                        "all tests are then expected to pass")
    parser.add_argument("--timeout", type=float, default=LIMIT, metavar="S", help="seconds for each test [%(default)s]")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N",
                        help="packages at a time [%(default)s]")
    parser.add_argument("--logs", metavar="DIR", help="keep what the tests print there, a file a package")
    parser.add_argument("--expect", metavar="FILE", help="another expectation file")
    parser.add_argument("--propose", metavar="FILE", help="write an expectation file from this run, for review")
    parser.add_argument("--record", metavar="FILE", help="run all tests there are, and write the names of those that "
                        "pass: how twisted-20.3.0.tsv was made on CPython 2.7.18")
    parser.add_argument("--site", action="store_true", help="only install Twisted, and print the folder it is in")
    parser.add_argument("--tls", action="store_true", help="the tests that CPython passes with pyOpenSSL only")
    parser.add_argument("--names", metavar="FILE", help="another list of the tests that count")
    chosen = parser.parse_args(arguments)
    if not (chosen.all or chosen.packages or chosen.only or chosen.site):
        parser.error("name a package, or --all")
    return chosen


def package_names(chosen):
    return list(dict.fromkeys(name if name.startswith("twisted.") else f"twisted.{name}" for name in chosen.packages))


def expected_of(known, chosen):
    """What is expected; with Euryale's reactor `known` gets the names that tests have with it."""
    of_epoll = expectations.TWISTED_TLS_FILE if chosen.tls else expectations.TWISTED_FILE
    if chosen.reactor == OURS:
        of_ours = None if chosen.tls else expectations.TWISTED_EURYALE_FILE
        return expected_of_ours(known, chosen.expect or of_ours, of_epoll)
    if chosen.python and not chosen.expect:
        return expectations.Expectations({})
    return expectations.Expectations.read(chosen.expect or of_epoll, known)


def name_with_ours(test):
    """The name that a test of the epoll reactor has for ours; None for the other two reactors' tests."""
    found = OF_REACTORS.search(test)
    if found is None:
        return test
    return OF_REACTORS.sub("_EuryaleReactorTests.", test) if found.group(1) == "EPoll" else None


def expected_of_ours(known, file=expectations.TWISTED_EURYALE_FILE, epoll_file=expectations.TWISTED_FILE):
    """What the epoll reactor's file expects, and what `file`, if there is one, adds to that."""
    of_epoll = expectations.Expectations.read(epoll_file, known)
    known.counted = [name for name in map(name_with_ours, known.counted) if name]
    reasons = {name_with_ours(test): reason for test, reason in of_epoll.reasons.items() if name_with_ours(test)}
    if file:
        reasons.update(expectations.Expectations.read(file, known).reasons)
    return expectations.Expectations(reasons)


def suited(interpreter, package, chosen):
    """The interpreter as it has to be for a package's tests.

    Euryale has OpenSSL always, and cryptography, without which no pyOpenSSL is installed on CPython, never."""
    if chosen.python or package not in WITH_CERTIFICATES:
        return interpreter
    other = copy.copy(interpreter)
    path = interpreter.environment["PYTHONPATH"]
    other.environment = {**interpreter.environment, "PYTHONPATH": f"{path}{os.pathsep}{STAND_IN}"}
    return other


def run_all(interpreter, wanted, chosen):
    """Runs the packages of `wanted`, a dict of package to its tests.  Returns all verdicts by full name."""
    verdicts = {}

    def report_one(test, verdict, detail):
        verdicts[test] = verdict, detail
        report.say(report.line(test, verdict, detail))
    # The long ones first, so that the last worker does not run alone.
    suites = [workers.Suite(suited(interpreter, name, chosen), [WORKER, chosen.reactor], name, chosen.timeout,
                            report_one, chosen.logs)
              for name in sorted(wanted, key=lambda name: -len(wanted[name]))]
    runs.run_suites(suites, wanted, max(1, chosen.jobs))
    return verdicts


def main(arguments):
    chosen = options(arguments)
    site = packages.folder(REQUIREMENTS, EURYALE)
    if chosen.site:
        print(site)
        return runs.AS_EXPECTED
    environment = {"PYTHONPATH": str(site), "PURE_PYTHON": "1", "PYTHONDONTWRITEBYTECODE": ""}
    if not chosen.python:
        environment.update(workers.settings())
    interpreter = workers.Interpreter(shlex.split(chosen.python) if chosen.python else EURYALE + ["run"], environment)
    if chosen.logs:
        Path(chosen.logs).mkdir(parents=True, exist_ok=True)
    if chosen.record:
        return record(interpreter, chosen)
    known = names.Names(chosen.names or (TLS_NAMES if chosen.tls else NAMES), depth=2)
    expected = expected_of(known, chosen)
    suites = known.suites if chosen.all or not chosen.packages else package_names(chosen)
    for name in suites:
        if name not in known.suites:
            raise names.BadFile(f"{name} is not measured here; the packages are {' '.join(known.suites)}")
    selected = [runs.matcher(pattern) for pattern in chosen.only or [None]]
    counted = [test for test in known.counted if known.suite_of(test) in suites and any(s(test) for s in selected)]
    if not counted:
        raise names.BadFile(f"no test that counts matches {' '.join(chosen.only)}")
    report.say(f"# {interpreter.title}; Twisted 20.3.0, {chosen.reactor} reactor; {chosen.timeout:g} s a test")
    wanted = {}
    for test in counted:
        wanted.setdefault(known.suite_of(test), []).append(test)
    verdicts = run_all(interpreter, wanted, chosen)
    return runs.conclude(known, suites, counted, verdicts, expected, chosen.propose)


def record(interpreter, chosen):
    verdicts = run_all(interpreter, {name: [] for name in package_names(chosen)}, chosen)
    with open(chosen.record, "w", encoding="utf-8") as out:
        out.write(f"# Twisted 20.3.0's tests that pass on {interpreter.title} on Linux, {chosen.reactor} reactor.\n")
        for test in sorted(verdicts):
            if verdicts[test][0] == "ok":
                out.write(f"{test}\tok\n")
    return runs.AS_EXPECTED


if __name__ == "__main__":
    runs.command("conformance/twisted/run", main)
