"""Tests of conformance/run itself, on tiny suites that Python 3 runs: python3 conformance/test_runner.py"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "driver"))

import expectations  # noqa: E402
import names  # noqa: E402
import sources  # noqa: E402
import trial  # noqa: E402

HEAD = """
import os, subprocess, sys, time, unittest
from test import test_support

def test_main():
    test_support.run_unittest(T)

class T(unittest.TestCase):
"""
LIMIT = "3"


class Run:
    """What one run of conformance/run printed and its exit status."""

    def __init__(self, command, environment=None):
        begun = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.seconds = time.monotonic() - begun

    def lines(self, test):
        return [line for line in self.out.splitlines() if line.startswith(test + " ")]


class RunnerTest(unittest.TestCase):

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="runner-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "test").mkdir()
        (self.folder / "test" / "__init__.py").touch()
        shutil.copy(HERE / "stand_in" / "test_support.py", self.folder / "test")
        self.names, self.expect = self.folder / "names.tsv", self.folder / "expect.tsv"
        self.names.touch()
        self.expect.touch()

    def suite(self, name, body, head=HEAD):
        text = head + textwrap.indent(textwrap.dedent(body), "    ") if head else textwrap.dedent(body)
        (self.folder / "test" / f"{name}.py").write_text(text)

    def count(self, *lines):
        with open(self.names, "a") as out:
            out.writelines("\t".join(line.split("|")) + "\n" for line in lines)

    def list(self, *lines):
        with open(self.expect, "a") as out:
            out.writelines("\t".join(line.split("|")) + "\n" for line in lines)

    def run_it(self, *arguments):
        return Run([str(HERE / "run"), "--python", f"{sys.executable} -B", "--tests", str(self.folder), "--names",
                    str(self.names), "--expect", str(self.expect), "--timeout", LIMIT, *(arguments or ["--all"])])

    def two_tests(self, first):
        """A suite of test_a, with the body `first`, and of test_b, which passes; both count."""
        self.suite("test_x", f"def test_a(self):\n{textwrap.indent(textwrap.dedent(first), '    ')}\n"
                             "def test_b(self): pass\n")
        self.count("test_x.T.test_a|ok", "test_x.T.test_b|ok")

    # ---- verdicts

    def test_all_ok_is_as_expected(self):
        self.two_tests("pass")
        run = self.run_it()
        self.assertEqual((run.status, run.err), (0, ""))
        self.assertEqual(run.lines("test_x.T.test_a"), ["test_x.T.test_a ok"])
        self.assertRegex(run.out, r"(?m)^test_x +2 of +2 ok$")
        self.assertRegex(run.out, r"(?m)^all +2 of +2 ok$")

    def test_a_failure_that_is_not_listed_contradicts(self):
        self.two_tests("self.fail('so it is')")
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertRegex(run.lines("test_x.T.test_a")[0], r"fail  AssertionError: so it is \[.*test_x\.py:\d+ test_a\]")
        self.assertIn("CONTRADICTED test_x.T.test_a: fail, expected ok\n", run.out)

    def test_a_listed_failure_is_as_expected_and_counted_by_kind_and_part(self):
        self.two_tests("raise KeyError('k')")
        self.list("test_x.T.test_a|pending: unix")
        run = self.run_it()
        self.assertEqual(run.status, 0)
        self.assertIn("test_x.T.test_a error  KeyError: 'k'", run.out)
        self.assertRegex(run.out, r"(?m)^test_x +1 of +2 ok \| error 1 \| pending 1$")
        self.assertIn("expected not to pass: 1 | pending 1 | pending: unix 1\n", run.out)

    def test_a_listed_test_that_passes_contradicts(self):
        self.two_tests("pass")
        self.list("test_x.T.test_a|pending: names")
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertIn("CONTRADICTED test_x.T.test_a: ok, expected not ok (pending: names)\n", run.out)

    def test_either_may_pass_or_fail(self):
        self.two_tests("pass")
        self.suite("test_y", "def test_c(self): self.fail()")
        self.count("test_y.T.test_c|ok")
        self.list("test_x.T.test_a|either|the collector", "test_y.T.test_c|either|the collector")
        self.assertEqual(self.run_it().status, 0)

    def test_a_hang_costs_one_line_and_its_time_limit(self):
        self.two_tests("time.sleep(600)")
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertRegex(run.lines("test_x.T.test_a")[0], r"^test_x\.T\.test_a hang  test_x\.py:\d+ test_a$")
        self.assertEqual(run.lines("test_x.T.test_b"), ["test_x.T.test_b ok"])
        self.assertGreater(run.seconds, float(LIMIT))
        self.assertLess(run.seconds, 30)

    def test_what_a_hung_test_started_is_ended(self):
        note = self.folder / "pid"
        self.two_tests(f"""
            child = subprocess.Popen(['sleep', '300'])
            open({str(note)!r}, 'w').write(str(child.pid))
            time.sleep(600)""")
        self.run_it()
        pid = int(note.read_text())
        # It has lost its parent: nobody but init can still hold it, as a zombie at most.
        state = Path(f"/proc/{pid}/stat")
        try:
            self.assertIn(state.read_text().rpartition(")")[2].split()[0], "ZX")
        except FileNotFoundError:
            pass

    def test_a_dead_interpreter_costs_one_line(self):
        self.two_tests("os._exit(7)")
        run = self.run_it()
        self.assertEqual(run.lines("test_x.T.test_a"),
                         ["test_x.T.test_a error  the interpreter ended with exit status 7"])
        self.assertEqual(run.lines("test_x.T.test_b"), ["test_x.T.test_b ok"])

    def test_a_test_that_ends_the_program_is_an_error(self):
        self.two_tests("raise KeyboardInterrupt")
        run = self.run_it()
        self.assertIn("test_x.T.test_a error  escaped the test: KeyboardInterrupt", run.out)
        self.assertEqual(run.lines("test_x.T.test_b"), ["test_x.T.test_b ok"])

    def test_a_test_that_is_not_collected_fails(self):
        self.two_tests("pass")
        self.count("test_x.T.test_gone|ok")
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertEqual(run.lines("test_x.T.test_gone"),
                         ["test_x.T.test_gone error  not collected: the module has no such test"])
        self.assertRegex(run.out, r"(?m)^test_x +2 of +3 ok ")

    def test_a_skip_counts_as_failing_where_cpython_ran_the_test(self):
        self.two_tests("self.skipTest('no such thing here')")
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertEqual(run.lines("test_x.T.test_a"), ["test_x.T.test_a skip  no such thing here"])
        self.assertIn("CONTRADICTED test_x.T.test_a: skip, expected ok\n", run.out)

    def test_what_cpython_skips_too_is_shown_but_not_counted(self):
        self.suite("test_x", "def test_a(self): pass\ndef test_w(self): self.skipTest('Windows')")
        self.count("test_x.T.test_a|ok", "test_x.T.test_w|skip")
        run = self.run_it()
        self.assertEqual(run.status, 0)
        self.assertEqual(run.lines("test_x.T.test_w"), ["test_x.T.test_w skip  Windows"])
        self.assertRegex(run.out, r"(?m)^all +1 of +1 ok$")

    def test_what_needs_the_outside_is_not_run(self):
        self.suite("test_x", "def test_a(self): pass\ndef test_far(self): self.fail()")
        self.count("test_x.T.test_a|ok", "test_x.T.test_far|skip|outside")
        run = self.run_it()
        self.assertEqual((run.status, run.lines("test_x.T.test_far")), (0, []))

    def test_a_fixture_that_fails_fails_every_test_of_its_class(self):
        self.suite("test_x", """
            @classmethod
            def setUpClass(cls): raise RuntimeError('no')
            def test_a(self): pass
            def test_b(self): pass""")
        self.count("test_x.T.test_a|ok", "test_x.T.test_b|ok")
        run = self.run_it()
        self.assertEqual(run.status, 1)
        for test in ("test_a", "test_b"):
            self.assertIn(f"test_x.T.{test} error  setUpClass: RuntimeError: no", run.out)

    def test_a_module_that_cannot_be_imported_fails_all_its_tests(self):
        self.suite("test_x", "import no_such_module", head="")
        self.suite("test_y", "import unittest\nraise unittest.SkipTest('not on this system')", head="")
        self.count("test_x.T.test_a|ok", "test_x.T.test_b|ok", "test_y.T.test_c|ok")
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertRegex(run.lines("test_x.T.test_b")[0], "error  not collected: .*no_such_module")
        self.assertIn("test_y.T.test_c error  not collected: the module refuses to run: not on this system", run.out)

    def test_a_module_that_ends_the_interpreter_fails_all_its_tests(self):
        self.suite("test_x", "import os\nprint('why', flush=True)\nos._exit(5)", head="")
        self.count("test_x.T.test_a|ok")
        self.assertEqual(self.run_it().lines("test_x.T.test_a"), [
            "test_x.T.test_a error  not collected: the interpreter ended with exit status 5: why"])

    def test_a_suite_that_cannot_be_had_is_an_error(self):
        self.two_tests("pass")
        self.count("test_none.T.test_a|ok")
        run = self.run_it()
        self.assertEqual(run.status, 2)
        self.assertIn("no test_none.py in", run.lines("test_none.T.test_a")[0])
        self.assertEqual(len(run.err.splitlines()), 1)

    # ---- what is run

    def test_only_runs_what_matches(self):
        self.two_tests("self.fail()")
        run = self.run_it("x", "--only", "test_b")
        self.assertEqual((run.status, run.lines("test_x.T.test_a")), (0, []))
        self.assertRegex(run.out, r"(?m)^all +1 of +1 ok$")
        self.assertEqual(self.run_it("x", "--only", "*.test_[b]").status, 0)
        self.assertEqual(self.run_it("x", "--only", "nothing").status, 2)

    def test_suites_run_side_by_side(self):
        for name in ("test_x", "test_y"):
            self.suite(name, "def test_a(self): print('out'); time.sleep(0.1)")
            self.count(f"{name}.T.test_a|ok")
        run = self.run_it("--all", "--jobs", "2", "--logs", str(self.folder / "logs"))
        self.assertRegex(run.out, r"(?m)^all +2 of +2 ok$")
        self.assertIn("out", (self.folder / "logs" / "test_y.log").read_text())

    def test_a_cpython_is_held_against_everything_but_its_openssl(self):
        self.two_tests("self.fail()")
        plain = [str(HERE / "run"), "--all", "--python", sys.executable, "--tests", str(self.folder)]
        self.assertEqual(Run(plain + ["--names", str(self.names)]).status, 1)
        self.names.write_text("test_x.T.test_a\tok\topenssl3\ntest_x.T.test_b\tok\n")
        self.assertEqual(Run(plain + ["--names", str(self.names)]).status, 0)

    def test_a_proposal_keeps_reasons_drops_what_passes_and_asks_for_the_rest(self):
        self.suite("test_x", "def test_a(self): pass\n"
                             "def test_b(self): self.fail('b')\n"
                             "def test_c(self): self.fail('c')")
        self.count("test_x.T.test_a|ok", "test_x.T.test_b|ok", "test_x.T.test_c|ok")
        self.list("test_x.T.test_a|pending: unix", "test_x.T.test_b|pending: names|later")
        proposal = self.folder / "proposal"
        self.run_it("--all", "--propose", str(proposal))
        kept, asked = proposal.read_text().splitlines()
        self.assertEqual(kept, "test_x.T.test_b\tpending: names\tlater")
        self.assertRegex(asked, r"^test_x\.T\.test_c\t\?\tfail: AssertionError: c")
        with self.assertRaisesRegex(names.BadFile, "still to be given"):
            expectations.Expectations.read(proposal, names.Names(self.names))

    def test_an_end_signal_ends_the_workers_too(self):
        note = self.folder / "pid"
        self.two_tests(f"open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
        command = [str(HERE / "run"), "--all", "--python", sys.executable, "--tests", str(self.folder), "--names",
                   str(self.names), "--timeout", "600"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not (note.exists() and note.read_text()) and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 130)
        with self.assertRaises(ProcessLookupError):
            os.kill(int(note.read_text()), 0)

    # ---- what is wrong with the files and the machine

    def refused(self, text):
        self.two_tests("self.fail()")
        self.list(f"test_x.T.test_a|{text}")
        run = self.run_it()
        self.assertEqual((run.status, run.out), (2, ""))
        self.assertEqual(len(run.err.splitlines()), 1, run.err)
        return run.err

    def test_an_anchor_that_does_not_exist_is_refused(self):
        self.assertIn("docs/jython-faults.md has no anchor `nowhere`",
                      self.refused("jython: docs/jython-faults.md#nowhere"))

    def test_a_reason_in_another_document_is_refused(self):
        self.assertIn("is a row of docs/posix-on-nio.md", self.refused("row: README.md#sockets"))

    def test_a_part_that_is_not_in_the_list_is_refused(self):
        self.assertIn("`later` is no part", self.refused("pending: later"))

    def test_an_unknown_kind_is_refused(self):
        self.assertIn("`because` is no reason", self.refused("because"))

    def test_either_without_its_ground_is_refused(self):
        self.assertIn("`either` needs a remark", self.refused("either"))

    def test_too_many_eithers_are_refused(self):
        tests = [f"test_x.T.test_{number}" for number in range(expectations.EITHER_LIMIT + 1)]
        self.count(*[f"{test}|ok" for test in tests])
        self.list(*[f"{test}|either|the collector" for test in tests])
        with self.assertRaisesRegex(names.BadFile, "more than"):
            expectations.Expectations.read(self.expect, names.Names(self.names))

    def test_a_test_that_does_not_count_or_is_listed_twice_is_refused(self):
        self.count("test_x.T.test_a|ok", "test_x.T.test_w|skip")
        for lines, wrong in ((["test_x.T.test_w|pending: unix"], "not among the tests that CPython passes"),
                             (["test_x.T.test_a|pending: unix"] * 2, "listed twice")):
            self.expect.write_text("")
            self.list(*lines)
            with self.assertRaisesRegex(names.BadFile, wrong):
                expectations.Expectations.read(self.expect, names.Names(self.names))

    def test_anchors_are_explicit_ones_and_those_of_headings(self):
        page = self.folder / "page.md"
        page.write_text('# A title\n| <a id="row-1"></a>x |\n## `send`, and more!\n')
        self.assertEqual(expectations.anchors(page), {"a-title", "row-1", "send-and-more"})

    def test_no_python3_is_one_line(self):
        run = Run(["/bin/bash", str(HERE / "run"), "--all"], environment={"PATH": "/nonexistent"})
        self.assertEqual((run.status, run.out, len(run.err.splitlines())), (2, "", 1))
        self.assertIn("needs python3", run.err)

    def test_an_interpreter_that_is_not_there_or_no_python_is_one_line(self):
        self.two_tests("pass")
        for command in ("/nonexistent/python", "false"):
            run = self.run_it("--all", "--python", command)
            self.assertEqual((run.status, run.out, len(run.err.splitlines())), (2, "", 1), run.err)
            self.assertIn(command, run.err)

    def test_a_named_cpython_that_is_none_is_one_line(self):
        environment = dict(os.environ, EURYALE_CPYTHON27=sys.executable)
        run = Run([str(HERE / "run"), "select", "--python", sys.executable], environment)
        self.assertEqual((run.status, run.out, len(run.err.splitlines())), (2, "", 1), run.err)
        self.assertIn(sources.VARIABLE, run.err)

    def test_no_suite_and_an_unknown_suite_are_refused(self):
        self.assertEqual(Run([str(HERE / "run")]).status, 2)
        self.assertIn("test_nothing is not measured here", Run([str(HERE / "run"), "nothing"]).err)

    # ---- the files as they stand

    def test_the_expectation_file_is_valid(self):
        expectations.Expectations.read(expectations.DEFAULT_FILE, names.Names())

    def test_every_part_is_explained(self):
        readme = (HERE / "README.md").read_text()
        for part in expectations.PARTS:
            self.assertIn(f"| `{part}` |", readme)


class OursTest(unittest.TestCase):
    """Twisted's tests of reactors with Euryale's in the place of epoll's."""

    def test_names(self):
        self.assertEqual("twisted.a.X_EuryaleReactorTests.test_b",
                         trial.name_with_ours("twisted.a.X_EPollReactorTests.test_b"))
        for other in "Select", "Poll":
            self.assertIsNone(trial.name_with_ours(f"twisted.a.X_{other}ReactorTests.test_b"))
        self.assertEqual("twisted.a.X.test_b", trial.name_with_ours("twisted.a.X.test_b"))

    def test_expectations(self):
        known = names.Names(trial.NAMES, depth=2)
        of_epoll = expectations.Expectations.read(expectations.TWISTED_FILE, known)
        of_ours = trial.expected_of_ours(known)
        self.assertLessEqual(set(of_ours.reasons), set(known.counted))
        kept = [test for test in of_epoll.reasons if trial.name_with_ours(test) == test]
        self.assertLessEqual(set(kept), set(of_ours.reasons))


if __name__ == "__main__":
    unittest.main()
