"""The command behind conformance/run."""

import argparse
import os
import shlex
import sys
from pathlib import Path

import expectations
import names
import report
import runs
import sources
import workers


def options(arguments):
    parser = argparse.ArgumentParser(
        prog="conformance/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs suites of CPython 2.7's own tests, a verdict a test: ok, fail, error, skip or hang.",
        epilog="exit status: 0 as expected, 1 a test contradicts the expectations, 2 could not run all that was asked")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="test_socket, or socket for short")
    parser.add_argument("--all", action="store_true", help="every suite")
    parser.add_argument("--only", metavar="PATTERN", help="tests whose name contains PATTERN, or matches it if it has "
                        "* or ?")
    parser.add_argument("--python", metavar="COMMAND", help="the interpreter to measure [this checkout's euryale]; the "
                        "expectations are then a CPython's: all pass")
    parser.add_argument("--timeout", type=float, default=60, metavar="S", help="seconds for each test [60]")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N",
                        help="suites at a time [%(default)s]")
    parser.add_argument("--logs", metavar="DIR", help="keep what the tests print there, a file a suite")
    parser.add_argument("--expect", metavar="FILE", help="another expectation file")
    parser.add_argument("--propose", metavar="FILE", help="write an expectation file from this run, for review")
    parser.add_argument("--tests", metavar="FROM", default="auto",
                        help="cpython (on this machine), package (from PyPI), a folder that holds a package `test`, or "
                        "auto: the first of these two that is there [auto]")
    parser.add_argument("--names", metavar="FILE", default=names.DEFAULT_FILE,
                        help="another list of the tests that count")
    chosen = parser.parse_args(arguments)
    if not chosen.all and not chosen.suites:
        parser.error("name a suite, or --all")
    return chosen


def suites_of(chosen, known):
    if chosen.all:
        return known
    wanted = [name if name.startswith("test_") else f"test_{name}" for name in chosen.suites]
    for name in wanted:
        if name not in known:
            raise names.BadFile(f"{name} is not measured here; the suites are {' '.join(known)}")
    return list(dict.fromkeys(wanted))


# Its tests want a poll to return within 10 ms, so no other suite may be given the processor meanwhile.
BY_ITSELF = ("test_epoll",)


def run_all(interpreter, source, wanted, chosen):
    """Runs the suites of `wanted`, a dict of suite to its tests.  Returns all verdicts by full name."""
    verdicts, suites = {}, []

    def report_one(test, verdict, detail):
        verdicts[test] = verdict, detail
        report.say(report.line(test, verdict, detail))
    # The long ones first, so that the last worker does not run alone.
    for name in sorted(wanted, key=lambda name: -len(wanted[name])):
        lack = source.lacks(name)
        if lack:
            for test in wanted[name]:
                report_one(test, "error", lack)
        else:
            start = [workers.MAIN, "run", source.directory.resolve()]
            suites.append(workers.Suite(interpreter, start, name, chosen.timeout, report_one, chosen.logs))
    runs.run_suites([suite for suite in suites if suite.name in BY_ITSELF], wanted, 1)
    runs.run_suites([suite for suite in suites if suite.name not in BY_ITSELF], wanted, max(1, chosen.jobs))
    return verdicts


def main(arguments):
    chosen = options(arguments)
    known = names.Names(chosen.names)
    suites = suites_of(chosen, known.suites)
    if chosen.expect or not chosen.python:
        expected = expectations.Expectations.read(chosen.expect or expectations.DEFAULT_FILE, known)
    else:
        expected = expectations.Expectations.of_cpython(known)
    selected = runs.matcher(chosen.only)
    counted = [test for test in known.counted if known.suite_of(test) in suites and selected(test)]
    if not counted:
        raise names.BadFile(f"no test that counts matches {chosen.only}")
    source = sources.find(chosen.tests, suites)
    command = shlex.split(chosen.python) if chosen.python else [str(expectations.ROOT / "euryale"), "run"]
    interpreter = workers.Interpreter(command, None if chosen.python else workers.settings())
    if chosen.logs:
        Path(chosen.logs).mkdir(parents=True, exist_ok=True)
    report.say(f"# {interpreter.title}; tests: {source.title}; {chosen.timeout:g} s a test")
    if not interpreter.counts_threads:
        report.say("# the interpreter lacks thread._count(): the tests' own search for threads left behind is off")
    wanted = {}
    for test in counted + [test for test in known.uncounted if known.suite_of(test) in suites and selected(test)]:
        wanted.setdefault(known.suite_of(test), []).append(test)
    verdicts = run_all(interpreter, source, wanted, chosen)
    status = runs.conclude(known, suites, counted, verdicts, expected, chosen.propose)
    lacks = list(filter(None, map(source.lacks, suites)))
    for lack in lacks:
        print(f"conformance/run: {lack}; a CPython 2.7 has it: name one in {sources.VARIABLE}", file=sys.stderr)
    return runs.CANNOT if lacks else status


if __name__ == "__main__":
    runs.command("conformance/run", main)
