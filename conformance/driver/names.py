"""The tests that count: the names of cpython-2.7.18.tsv, by suite."""

from pathlib import Path

DEFAULT_FILE = Path(__file__).resolve().parent.parent / "cpython-2.7.18.tsv"


class BadFile(Exception):
    """A file of this folder says something it cannot mean; the text has file and line."""


class Names:
    """What CPython says of each test, as read from a file of `test<TAB>verdict[<TAB>note]` lines.

    `counted` holds the tests that CPython passes, in the file's order; `uncounted` those that it skips, without the
    ones that need a server elsewhere; `openssl3` those of `counted` that CPython itself fails with OpenSSL 3.  A test's
    suite is the first `depth` parts of its name.
    """

    def __init__(self, path=DEFAULT_FILE, depth=1):
        self._depth = depth
        self.counted, self.uncounted, self.openssl3, self.suites = [], [], set(), []
        known = set()
        for number, fields in rows(path):
            test, verdict, note = (fields + ["", ""])[:3]
            if verdict not in ("ok", "skip") or note not in ("", "outside", "openssl3") or test in known:
                raise BadFile(f"{path}:{number}: cannot be understood: {' '.join(fields)}")
            known.add(test)
            suite = self.suite_of(test)
            if suite not in self.suites:
                self.suites.append(suite)
            if verdict == "ok":
                self.counted.append(test)
            elif note != "outside":
                self.uncounted.append(test)
            if note == "openssl3":
                self.openssl3.add(test)

    def suite_of(self, test):
        """`test_socket` of `test_socket.BasicTCPTest.testDup`."""
        return ".".join(test.split(".", self._depth)[:self._depth])


def rows(path):
    """(line number, fields) of each line of a tab-separated file that is not blank and no comment."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            yield number, [field.strip() for field in line.split("\t")]
