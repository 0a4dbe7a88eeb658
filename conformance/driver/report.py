"""What a run prints: a line a test, a count a suite and in all, the reasons by kind, the contradictions."""

import sys
from collections import Counter

VERDICTS = ("ok", "fail", "error", "skip", "hang")


def line(test, verdict, detail):
    """`suite.Class.test verdict`, and what happened where that is not ok."""
    return f"{test} {verdict}" + (f"  {detail}" if detail and verdict != "ok" else "")


def counts(title, tests, verdicts, reasons):
    """One line: how many of `tests` had each verdict, and of what kind the reasons of those not ok are."""
    seen = Counter(verdicts[test][0] for test in tests)
    kinds = Counter(reasons[test].kind if test in reasons else "unlisted"
                    for test in tests if verdicts[test][0] != "ok")
    text = f"{title:24} {seen['ok']:4} of {len(tests):4} ok"
    others = [f"{verdict} {seen[verdict]}" for verdict in VERDICTS[1:] if seen[verdict]]
    if others:
        text += f" | {', '.join(others)} | {_listed(kinds)}"
    return text


def reasons_of(tests, reasons):
    """One line: how many of `tests` are listed, by kind, the pending ones by part as well."""
    listed = [reasons[test] for test in tests if test in reasons]
    kinds = Counter(reason.kind for reason in listed)
    text = f"expected not to pass: {len(listed)}"
    if kinds:
        text += f" | {_listed(kinds)}"
    parts = Counter(reason.target for reason in listed if reason.kind == "pending")
    if parts:
        text += f" | pending: {_listed(parts)}"
    return text


def _listed(counter):
    return ", ".join(f"{name} {counter[name]}" for name in sorted(counter))


def say(text):
    """Prints a line at once, whole, from any thread."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
