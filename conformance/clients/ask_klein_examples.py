"""CPython 3 asks klein's own examples: the command of the interpreter that serves them, that of its twistd, the folder with
klein's documentation, a certificate's authority, the file of a certificate and its key, a free loopback port.

Each runs as klein has it. Left out are what asks Google, which is not on loopback (googleProxy.py, deferreds.rst), what is for
Python 3 (await.rst), and what is no program: the first piece of alternativerunning.rst, and disablingtracebacks.rst, whose
functions take an argument too many.
"""

import http.client
import json
import os
import shlex
import shutil
import ssl
import subprocess
import tempfile
import unittest
import urllib.parse
from pathlib import Path

import examples

INTERPRETER, (TWISTD, DOCUMENTS, AUTHORITY, PAIR, FREE) = examples.arguments()
CODE = Path(DOCUMENTS, "introduction", "codeexamples")
# Which the examples bind.
PORT = 8080


def twistd(resource, *listening):
    """The command of the texts; the port is told as well, for it would listen on all interfaces.

    One of the two texts has no PYTHONPATH, without which twistd finds nothing on CPython 2.7 either."""
    path = os.pathsep.join(filter(None, [".", os.environ.get("PYTHONPATH")]))
    return ["env", f"PYTHONPATH={path}", *shlex.split(TWISTD), "-n", "web", f"--class={resource}", *listening]


class Served(unittest.TestCase):

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="examples-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.host = "127.0.0.1"

    def serve(self, text, name="example.py", command=None, port=PORT):
        (self.folder / name).write_text(text, encoding="utf-8")
        program = examples.running(command or [*INTERPRETER, name], self.folder, port, self.host)
        program.__enter__()
        self.addCleanup(program.__exit__, None, None, None)

    def ask(self, path, method="GET", body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, PORT, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response, response.read().decode("utf-8")
        finally:
            connection.close()

    def assert_says(self, path, text, status=200, **more):
        response, body = self.ask(path, **more)
        self.assertEqual((status, text), (response.status, body))

    def follow(self, path, **more):
        """What is where a redirection leads, as curl -L finds it: it is asked for with GET."""
        response, _ = self.ask(path, **more)
        self.assertEqual(302, response.status)
        return self.ask(urllib.parse.urlsplit(response.getheader("Location")).path)[1]


class IntroductionTest(Served):
    """Each file of introduction/codeexamples."""

    def serve(self, name, **more):
        super().serve((CODE / name).read_text(encoding="utf-8"), name, **more)

    def test_none_is_forgotten(self):
        methods = "".join(name.lower() for name in dir(self)).replace("_", "")
        for path in CODE.glob("*.py"):
            if path.name != "googleProxy.py":
                self.assertIn(f"test{path.stem.lower()}", methods)

    def test_hello_world(self):
        self.serve("helloWorld.py")
        self.assert_says("/", "Hello, world!")
        self.assertEqual(404, self.ask("/other")[0].status)

    def test_hello_world_class(self):
        self.serve("helloWorldClass.py")
        self.assert_says("/", "Hello, world!")

    def test_more_routes(self):
        self.serve("moreRoutes.py")
        self.assert_says("/", "I am the root page!")
        self.assert_says("/about", "I am a Klein application!")

    def test_variable_routes(self):
        self.serve("variableRoutes.py")
        self.assert_says("/user/bob", "Hi bob!")

    def test_variable_routes_types(self):
        self.serve("variableRoutesTypes.py")
        self.assert_says("/somestring", "String: somestring!")
        self.assert_says("/1.0", "Float: 1.0!")
        self.assert_says("/1", "Int: 1!")

    def test_order_matters(self):
        self.serve("orderMatters.py")
        self.assert_says("/user/bob", "Hello there bob!")
        self.assert_says("/user/alice", "Hi alice!")

    def test_static_files(self):
        content = bytes(range(256)) * 1000
        (self.folder / "some file").write_bytes(content)
        self.serve("staticFiles.py")
        self.assertIn('href="some%20file"', self.ask("/")[1])
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/some%20file")
        self.assertTrue(connection.getresponse().read() == content)
        connection.request("GET", "/some%20file", headers={"Range": "bytes=1000-1009"})
        response = connection.getresponse()
        self.assertEqual((206, content[1000:1010]), (response.status, response.read()))

    def test_template(self):
        self.serve("template.py")
        page = self.ask("/")[1]
        self.assertIn("Places &amp; Foods", page)
        self.assertIn('<a href="/places/shanghai">shanghai</a>', page)
        place = json.loads(self.ask("/places/chicago?json=1")[1])
        self.assertEqual(("chicago", "Place: chicago", 3), (place["name"], place["pageTitle"], len(place["foods"])))
        # The same numbers at each request: the place's name is their seed.
        self.assertEqual(place, json.loads(self.ask("/places/chicago?json=1")[1]))
        html = self.ask("/places/chicago")[1]
        for food in place["foods"]:
            self.assertIn(f">{food}</a>", html)
        self.assertIn("\xb0", html)
        food = self.ask("/foods/hamburgers")[1]
        self.assertIn('titleHeading">Food: hamburgers</h1>', food)

    def test_forms(self):
        self.serve("forms.py")
        response, page = self.ask("/")
        cookie = response.getheader("Set-Cookie").partition(";")[0]
        token = page.partition('name="__csrf_protection__"')[0].rpartition("<input")[2] + \
            page.partition('name="__csrf_protection__"')[2].partition(">")[0]
        fields = {"foo": "7", "bar": "text", "__csrf_protection__": token.partition('value="')[2].partition('"')[0]}
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}

        def post(**others):
            return self.ask("/?post=yes", "POST", urllib.parse.urlencode({**fields, **others}), headers)
        self.assertIn("<h1>u did it: 7.0</h1>", post()[1])
        # A number out of bounds is refused, on CPython 2.7 as well with an error in klein's plating.
        self.assertNotIn("u did it", post(foo="11")[1])
        self.assertNotIn("u did it", post(__csrf_protection__="other")[1])

    def test_twistd_plugin(self):
        self.serve("twistdPlugin.py", command=twistd("twistdPlugin.resource", f"--port=tcp:{PORT}:interface=127.0.0.1"))
        self.assert_says("/", "Hello, world!")

    def test_twistd_plugin_with_tls(self):
        pair = Path(PAIR).read_text(encoding="ascii")
        for name in "cert.pem", "privkey.pem":
            (self.folder / name).write_text(pair, encoding="ascii")
        self.serve("twistdPlugin.py", port=int(FREE), command=twistd(
            "twistdPlugin.resource", "-c", "cert.pem", "-k", "privkey.pem", f"--https={FREE}:interface=127.0.0.1"))
        connection = http.client.HTTPSConnection("localhost", int(FREE), timeout=60,
                                                 context=ssl.create_default_context(cafile=AUTHORITY))
        self.addCleanup(connection.close)
        connection.request("GET", "/")
        self.assertEqual(b"Hello, world!", connection.getresponse().read())


class ExamplesTest(Served):
    """The programs of examples/*.rst."""

    def serve(self, document, number=0, **more):
        super().serve(examples.blocks(Path(DOCUMENTS, "examples", f"{document}.rst"))[number], **more)

    def test_static_files(self):
        (self.folder / "static").mkdir()
        (self.folder / "static" / "img.gif").write_bytes(b"GIF89a")
        self.serve("staticfiles")
        self.assert_says("/", '<img src="/static/img.gif">')
        response, body = self.ask("/static/img.gif")
        self.assertEqual(("image/gif", "GIF89a"), (response.getheader("Content-Type"), body))
        self.assertIn("img.gif", self.ask("/static/")[1])

    def test_templates(self):
        self.serve("templates")
        self.assertIn("<h1>Hello, bob!</h1>", self.ask("/hello/bob")[1])

    def test_twistd(self):
        # "we can save it as helloworld.py"
        self.serve("twistd", name="helloworld.py",
                   command=twistd("helloworld.resource", f"--port=tcp:{PORT}:interface=127.0.0.1"))
        self.assert_says("/", "Hello, world!")

    def test_handling_post(self):
        self.serve("handlingpost")
        self.assert_says("/", "Hello, world!")
        self.assertEqual("Hello, bob!", self.follow("/", method="POST", body="name=bob", headers={
            "Content-Type": "application/x-www-form-urlencoded"}))

    def test_the_content(self):
        self.serve("handlingpost", 1)
        curl = subprocess.run(["curl", "-sS", "-XPOST", "-H", "Content-Type: appliction/json", "-d", '{"name":"bob"}',
                               f"http://127.0.0.1:{PORT}/"], capture_output=True, text=True, timeout=60)
        self.assertEqual({"the_data": {"name": "bob"}}, json.loads(curl.stdout), curl.stderr)

    def test_subroutes(self):
        self.serve("subroutes")
        self.assert_says("/branch/lair", "These stairs lead to the lair of beasts.")
        self.assert_says("/branch/crypt", "These stairs lead to an ancient crypt.")
        self.assert_says("/branch/swamp", "A stair to a swampy wasteland.")

    def test_global_subroutes(self):
        self.serve("subroutes", 1)
        self.assert_says("/branch/twilightforest", "These stairs lead to the twilight forest.")

    def test_state(self):
        self.serve("nonglobalstate")
        self.assertEqual({"success": True}, json.loads(self.ask("/thing", "PUT", '{"a": [1, "\\u20ac"]}')[1]))
        self.assertEqual({"a": [1, "\u20ac"]}, json.loads(self.ask("/thing")[1]))
        self.assertEqual({"thing": {"a": [1, "\u20ac"]}}, json.loads(self.ask("/")[1]))
        self.assertIsNone(json.loads(self.ask("/other")[1]))

    def test_handling_errors(self):
        self.serve("handlingerrors")
        self.assert_says("/droid/R2D2", "Not found, I say", 404)
        self.assert_says("/droid/Janeway", "Droid found")
        self.assert_says("/bounty/Han%20Solo", "150,000")
        self.assert_says("/bounty/things", "Not found, I say", 404)

    def test_all_other_routes(self):
        self.serve("handlingerrors", 1)
        self.assert_says("/api", "API Home")
        self.assert_says("/api/v1", "Version 1 - Home")
        self.assertEqual("API Home", self.follow("/api/another"))

    def test_a_reactor_run_by_hand(self):
        self.host = "::1"
        self.serve("alternativerunning")
        self.assertEqual(404, self.ask("/")[0].status)


if __name__ == "__main__":
    unittest.main()
