"""CPython 3 asks serve_klein.py: whom to trust, the loopback port of HTTP, that of HTTPS."""

import http.client
import json
import ssl
import sys
import threading
import unittest

SECURE = int(sys.argv.pop())
PORT = int(sys.argv.pop())
AUTHORITY = sys.argv.pop()


class KleinTest(unittest.TestCase):

    def setUp(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.addCleanup(self.connection.close)

    def ask(self, path, method="GET", body=None, **headers):
        self.connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
        response = self.connection.getresponse()
        return response, response.read()

    def test_pages_on_one_connection(self):
        self.assertEqual(b"Hello, world!", self.ask("/")[1])
        mine = self.connection.sock
        self.assertEqual("Hello, caf\xe9!", self.ask("/name/caf%C3%A9")[1].decode())
        self.assertEqual(b"144", self.ask("/square/12")[1])
        self.assertEqual(b"at last", self.ask("/later")[1])
        self.assertEqual(b"here", self.ask("/below/here")[1])
        self.assertIs(mine, self.connection.sock)

    def test_what_there_is_not(self):
        self.assertEqual(404, self.ask("/square/x")[0].status)
        self.assertEqual(405, self.ask("/name/me", "DELETE")[0].status)
        response, body = self.ask("/wrong")
        self.assertEqual((400, b"refused: not that"), (response.status, body))

    def test_bodies(self):
        body = bytes(range(256)) * 8192
        self.assertTrue(self.ask("/echo", "PUT", body)[1] == body)
        self.assertTrue(self.ask("/much/50")[1] == b"x" * 5_000_000)
        form = self.ask("/form", "POST", "a=1&a=2&b=caf%C3%A9", Content_Type="application/x-www-form-urlencoded")
        self.assertEqual({"a": ["1", "2"], "b": ["caf\xe9"]}, json.loads(form[1]))

    def test_a_template_as_page_and_as_json(self):
        response, body = self.ask("/plated/Title")
        self.assertEqual("text/html; charset=utf-8", response.getheader("Content-Type"))
        self.assertIn("<h1>Title</h1><p>caf\xe9 &lt;&amp;&gt;</p>", body.decode())
        as_json = json.loads(self.ask("/plated/Title?json=1")[1])
        self.assertEqual({"title": "Title", "text": "caf\xe9 <&>"}, as_json)

    def test_many_at_once(self):
        answers = []

        def ask():
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            for _ in range(20):
                connection.request("GET", "/later")
                answers.append(connection.getresponse().read())
            connection.close()

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([b"at last"] * 320, answers)

    def test_over_tls(self):
        context = ssl.create_default_context(cafile=AUTHORITY)
        self.connection = http.client.HTTPSConnection("localhost", SECURE, timeout=60, context=context)
        self.addCleanup(self.connection.close)
        self.assertEqual(b"Hello, world!", self.ask("/")[1])
        self.assertTrue(self.ask("/much/50")[1] == b"x" * 5_000_000)


if __name__ == "__main__":
    unittest.main()
