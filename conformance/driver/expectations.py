"""What is expected not to pass, why, and where a run contradicts it."""

import functools
import re
from pathlib import Path

from names import BadFile, rows

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(__file__).resolve().parent.parent / "expectations"
DEFAULT_FILE = FOLDER / "cpython-2.7.tsv"
TWISTED_FILE = FOLDER / "twisted-20.3.0.tsv"
TWISTED_EURYALE_FILE = FOLDER / "twisted-20.3.0-euryale.tsv"
TWISTED_TLS_FILE = FOLDER / "twisted-20.3.0-tls.tsv"
PYOPENSSL_FILE = FOLDER / "pyopenssl-21.0.0.tsv"
ON_TWISTED_FILE = FOLDER / "on-twisted.tsv"

# The kinds whose reason is a row of a document.
DOCUMENTS = {"row": "docs/posix-on-nio.md", "tls": "docs/tls-on-jsse.md", "jython": "docs/jython-faults.md",
             "openssl": "docs/openssl.md"}
# The parts of the product that are still to come: the closed list; README.md says what each brings.
PARTS = ("unix", "names")
# A test whose verdict hangs on the collector proves nothing, so there may be only a few.
EITHER_LIMIT = 8
UNREVIEWED = "?"


class Reason:
    """Why a test does not pass: `row: FILE#ANCHOR`, `tls: FILE#ANCHOR`, `jython: FILE#ANCHOR`,
    `openssl: FILE#ANCHOR`, `pending: PART` or `either`.

    Raises ValueError, saying what is wrong, where `text` is none of these or names what does not exist under `root`.
    """

    def __init__(self, text, remark="", root=ROOT):
        self.text, self.remark = text, remark
        self.kind, _, self.target = (part.strip() for part in text.partition(":"))
        if self.kind in DOCUMENTS:
            document, _, anchor = self.target.partition("#")
            if document != DOCUMENTS[self.kind]:
                raise ValueError(f"a reason `{self.kind}` is a row of {DOCUMENTS[self.kind]}, not of `{document}`")
            if anchor not in anchors(root / document):
                raise ValueError(f"{document} has no anchor `{anchor}`")
        elif self.kind == "pending":
            if self.target not in PARTS:
                raise ValueError(f"`{self.target}` is no part; the parts are {', '.join(PARTS)}")
        elif text == UNREVIEWED:
            raise ValueError("the reason is still to be given")
        elif text != "either":
            raise ValueError(f"`{text}` is no reason; the kinds are row, tls, jython, openssl, pending, either")
        elif not remark:
            raise ValueError("`either` needs a remark that says on what it hangs")


@functools.lru_cache(maxsize=None)
def anchors(path):
    """The anchors of a Markdown file: explicit ones (`<a id="x">`) and those that headings get."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    found = set(re.findall(r"""<a\s+(?:id|name)=["']([^"']+)["']""", text))
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, re.MULTILINE):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


class Expectations:
    """The tests expected not to pass; `reasons` maps a test's name to its Reason."""

    def __init__(self, reasons):
        self.reasons = reasons

    @classmethod
    def read(cls, path, names, root=ROOT):
        """Reads `test<TAB>reason[<TAB>remark]` lines.  BadFile names the first line that is wrong."""
        reasons, counted = {}, set(names.counted)
        for number, fields in rows(path):
            test, text, remark = (fields + ["", ""])[:3]
            try:
                if test not in counted:
                    raise ValueError(f"{test} is not among the tests that CPython passes")
                if test in reasons:
                    raise ValueError(f"{test} is listed twice")
                reasons[test] = Reason(text, remark, root)
            except ValueError as error:
                raise BadFile(f"{path}:{number}: {error}") from error
        if sum(reason.kind == "either" for reason in reasons.values()) > EITHER_LIMIT:
            raise BadFile(f"{path}: more than {EITHER_LIMIT} tests are `either`")
        return cls(reasons)

    @classmethod
    def of_cpython(cls, names):
        """What a CPython 2.7 is held against: all pass, but for those on which its OpenSSL decides."""
        return cls({test: Reason("either", "OpenSSL 3") for test in names.openssl3})

    def contradictions(self, tests, verdicts):
        """(test, what was seen, what is expected) for each of `tests` whose verdict is not the expected one."""
        for test in tests:
            verdict, reason = verdicts[test][0], self.reasons.get(test)
            if reason is None and verdict != "ok":
                yield test, verdict, "ok"
            elif reason is not None and verdict == "ok" and reason.kind != "either":
                yield test, verdict, f"not ok ({reason.text})"


def propose(path, tests, verdicts, expectations):
    """Writes an expectation file for review: known reasons kept, passing tests left out, new ones marked `?`."""
    with open(path, "w", encoding="utf-8") as out:
        for test in tests:
            verdict, detail = verdicts[test]
            reason = expectations.reasons.get(test)
            if reason is not None and (verdict != "ok" or reason.kind == "either"):
                out.write("\t".join(filter(None, (test, reason.text, reason.remark))) + "\n")
            elif verdict != "ok":
                out.write(f"{test}\t{UNREVIEWED}\t{verdict}: {detail}\n")
