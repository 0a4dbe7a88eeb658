"""treq's own examples ask httpbin: the command of the interpreter that runs them, that of its trial, the folder with the
examples, the loopback port of an httpbin.

Each differs from treq's in nothing but the address that it asks; CPython 3 looks at what it writes.
"""

import json
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

import examples

INTERPRETER, (TRIAL, FOLDER, PORT) = examples.arguments()
HTTPBIN = f"http://127.0.0.1:{PORT}"


def original(name):
    return Path(FOLDER, name).read_text(encoding="utf-8")


def said(name, was="https://httpbin.org", becomes=HTTPBIN):
    return examples.output(INTERPRETER, examples.changed(original(name), [(was, becomes)]),
                           ("_utils.py", original("_utils.py")))


def objects(written):
    """The JSON objects that are among lines of another kind."""
    found, decoder = [], json.JSONDecoder()
    start = re.compile(r"^\{(?=\s*\")", re.MULTILINE)
    at = start.search(written)
    while at:
        value, end = decoder.raw_decode(written, at.start())
        found.append(value)
        at = start.search(written, end)
    return found


class ExamplesTest(unittest.TestCase):

    def test_none_is_forgotten(self):
        for path in Path(FOLDER).glob("[!_]*.py"):
            self.assertTrue(hasattr(self, f"test_{path.stem}"), path.name)

    def test_basic_get(self):
        written = said("basic_get.py")
        self.assertTrue(written.startswith("200 OK\n"), written)
        self.assertEqual([f"{HTTPBIN}/get"], [answer["url"] for answer in objects(written)])
        self.assertIn("Headers({", written)

    def test_basic_post(self):
        self.assertEqual([{"form": "data"}], [answer["form"] for answer in objects(said("basic_post.py"))])

    def test_basic_auth(self):
        self.assertEqual([{"authenticated": True, "user": "treq"}], objects(said("basic_auth.py")))

    def test_basic_url(self):
        written = said("basic_url.py")
        self.assertEqual(f"{HTTPBIN}/get?foo=%26", written.split("\n")[0])
        self.assertEqual([{"foo": "&"}], [answer["args"] for answer in objects(written)])

    def test_custom_agent(self):
        # Its address is one that does not exist; here what asks for the name and the password that it has.
        written = said("custom_agent.py", "https://secure.example.net/area51",
                       f"{HTTPBIN}/basic-auth/admin/you%27ll%20never%20guess!")
        self.assertEqual([{"authenticated": True, "user": "admin"}], objects(written))

    def test_json_post(self):
        written = said("json_post.py")
        self.assertIn("u'json': {u'msg': u'Hello!'}", written)

    def test_query_params(self):
        self.assertEqual([{"foo": "bar", "baz": "bax"}, {"foo": "bar", "baz": "bax"}, {"foo": ["bar", "baz", "bax"]},
                          {"foo": ["1", "2", "3"], "bax": "quux", "bar": "foo"}, {"foo": "bar", "baz": "bax"}],
                         [answer["args"] for answer in objects(said("query_params.py"))])

    def test_redirects(self):
        self.assertEqual([f"{HTTPBIN}/get"], [answer["url"] for answer in objects(said("redirects.py"))])

    def test_disable_redirects(self):
        written = said("disable_redirects.py")
        self.assertTrue(written.startswith("302 FOUND\n"), written)
        self.assertIn("/get", written)

    def test_response_history(self):
        written = said("response_history.py")
        self.assertIn("Response history:\n[<treq.response._Response 302 'text/html; charset=utf-8'", written)
        self.assertEqual([f"{HTTPBIN}/get"], [answer["url"] for answer in objects(written)])

    def test_using_cookies(self):
        written = said("using_cookies.py")
        self.assertIn("The server set our hello cookie to: world\n", written)
        self.assertEqual([{"cookies": {"hello": "world"}}], objects(written))

    def test_download_file(self):
        said, downloaded = examples.output(INTERPRETER, examples.changed(
            original("download_file.py"), [("https://httpbin.org", HTTPBIN)]), result="download.txt")
        self.assertEqual(("", f"{HTTPBIN}/get"), (said, json.loads(downloaded)["url"]))

    def test_iresource(self):
        use = ("from treq.testing import StubTreq\nfrom iresource import JsonResource\n"
               "d = StubTreq(JsonResource({'a': 1})).get('http://example/').addCallback(lambda answer: answer.json())\n"
               "d.addBoth(lambda said: __import__('sys').stdout.write(repr(said)))\n")
        self.assertEqual("{u'a': 1}", examples.output(INTERPRETER, use, ("iresource.py", original("iresource.py"))))

    def test_testing_seq(self):
        with tempfile.TemporaryDirectory(prefix="examples-") as folder:
            Path(folder, "testing_seq.py").write_text(original("testing_seq.py"), encoding="utf-8")
            trial = subprocess.run([*shlex.split(TRIAL), "testing_seq.py"], cwd=folder, capture_output=True, text=True,
                                   timeout=examples.SECONDS)
        self.assertIn("PASSED (successes=2)", trial.stdout, trial.stderr)


if __name__ == "__main__":
    unittest.main()
