"""Autobahn's WebSocket test suite, on CPython 2.7, asks serve_autobahn.py: the command of that Python, the folder with
the suite, the loopback port.  More arguments are the cases to run (`9.*`) in place of those below.  EURYALE_LONG=yes adds
those of limits and speed, and of compression.

A case is passed where the suite says so, or that the protocol leaves it open (NON-STRICT, INFORMATIONAL)."""

import collections
import json
import os
import subprocess
import sys
import tempfile

CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
# Compression: five files and seven offers, each in 18 ways to send a thousand messages, of which are taken those of 16 bytes,
# 1, 16 and 64 KiB, 8 KiB in frames of 256 bytes and 128 KiB in frames of 1 KiB.
WAYS = [1, 4, 7, 9, 11, 16]
if os.environ.get("EURYALE_LONG"):
    CASES += ["9.*"] + [f"{section}.{kind}.{way}" for section, kinds in ((12, 5), (13, 7))
                        for kind in range(1, kinds + 1) for way in WAYS]
PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}
AGENT = "euryale"
# The folder before CPython's own packages, with its .pth files: zope.interface is a namespace package.
START = """
import site, sys
folder = sys.argv.pop(1)
sys.path.insert(0, folder)
site.addsitedir(folder)
from autobahntestsuite import wstest
wstest.run()
"""


def main(python, folder, port, *cases):
    with tempfile.TemporaryDirectory() as scratch:
        with open(os.path.join(scratch, "spec.json"), "w", encoding="utf-8") as spec:
            json.dump({"outdir": "reports", "servers": [{"agent": AGENT, "url": f"ws://127.0.0.1:{port}"}],
                       "cases": cases or CASES, "exclude-cases": [], "exclude-agent-cases": {}}, spec)
        with open(os.path.join(scratch, "log"), "w+", encoding="utf-8", errors="replace") as log:
            suite = [python, "-c", START, folder, "-m", "fuzzingclient", "-s", "spec.json"]
            status = subprocess.call(suite, cwd=scratch, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
            log.seek(0)
            said = log.read()[-2000:]
        try:
            with open(os.path.join(scratch, "reports", "index.json"), encoding="utf-8") as report:
                results = json.load(report)[AGENT]
        except (OSError, KeyError) as error:
            print(f"the suite has no report ({error}), status {status}:\n{said}", file=sys.stderr)
            return 1
    failed = {case: result for case, result in results.items()
              if result["behavior"] not in PASSED or result["behaviorClose"] not in PASSED}
    for case, result in sorted(failed.items()):
        print(f"{case} {result['behavior']}, at the end {result['behaviorClose']}", file=sys.stderr)
    counts = collections.Counter(result["behavior"] for result in results.values())
    kinds = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    print(f"{len(results)} cases: {kinds}", file=sys.stderr)
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
