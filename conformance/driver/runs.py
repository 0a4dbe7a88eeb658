"""What the commands of this folder have in common: which tests, in which order, and how a run is concluded."""

import fnmatch
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import expectations
import names
import report
import sources
import workers

# What the exit status says.
AS_EXPECTED, CONTRADICTED, CANNOT = 0, 1, 2


def matcher(pattern):
    if not pattern:
        return lambda test: True
    if not any(sign in pattern for sign in "*?["):
        pattern = f"*{pattern}*"
    return lambda test: fnmatch.fnmatchcase(test, pattern)


def run_suites(suites, wanted, jobs):
    """Runs the suites, `jobs` at a time, each with the tests that `wanted` has for its name.

    However it ends, their processes have ended."""
    with ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(suite.run, wanted[suite.name]) for suite in suites]
        try:
            for run in runs:
                run.result()
        finally:
            for suite in suites:
                suite.stop()


def conclude(known, suites, counted, verdicts, expected, proposal):
    """Prints counts and contradictions, writes the proposal that is asked for, and returns the exit status."""
    report.say("")
    for suite in suites:
        tests = [test for test in counted if known.suite_of(test) == suite]
        if tests:
            report.say(report.counts(suite, tests, verdicts, expected.reasons))
    report.say(report.counts("all", counted, verdicts, expected.reasons))
    report.say(report.reasons_of(counted, expected.reasons))
    contradictions = list(expected.contradictions(counted, verdicts))
    for test, verdict, wanted in contradictions:
        report.say(f"CONTRADICTED {test}: {verdict}, expected {wanted}")
    if proposal:
        expectations.propose(proposal, counted, verdicts, expected)
    return CONTRADICTED if contradictions else AS_EXPECTED


def command(name, main):
    """Runs a command's `main` with the arguments of the process, and ends the process with what it returns."""
    def interrupted(signum, frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupted)
    try:
        sys.exit(main(sys.argv[1:]))
    except (names.BadFile, sources.NoTests, workers.NoInterpreter) as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(CANNOT)
    except KeyboardInterrupt:
        sys.exit(130)
