"""The programs in txredisapi's README talk to Redis: the command of the interpreter that runs them, the README, and the
loopback ports of a Redis and of one that wants the password "foobared".

Each differs from txredisapi's in nothing but the address. Left out are that of cyclone, another package, and three that run on
no Python 2.7: the first under "Transactions" is indented wrongly, that of sharded connections asks for an attribute that they
lack, and waits for ever, and that of Sentinel does not import what it names.
"""

import unittest

import examples

INTERPRETER, (README, PORT, LOCKED) = examples.arguments()
CONNECTION, POOL, CYCLONE, SHARDED, TRANSACTION, COUNTER, PIPELINE, LOGIN, SENTINEL = examples.blocks(README)


def said(text, *changes):
    return examples.output(INTERPRETER, examples.changed(text, changes))


class ReadmeTest(unittest.TestCase):

    def test_those_left_out_are_these(self):
        self.assertIn("import cyclone", CYCLONE)
        self.assertIn('        v = yield rc.get("foo")\n    print "foo=", v\n        except', TRANSACTION)
        self.assertIn("rc.ShardedMethods", SHARDED)
        self.assertNotIn("import defer", SENTINEL)

    def test_a_connection(self):
        lines = said(CONNECTION, ("redis.Connection()", f"redis.Connection('127.0.0.1', {PORT})")).splitlines()
        self.assertEqual([f"<Redis Connection: 127.0.0.1:{PORT} - 1 connection(s)>", "foo: u'bar'"], lines)

    def test_a_pool(self):
        # Nobody kills Redis: txredisapi 1.4.7 would wait for another, and the program with it.
        lines = said(POOL, ("redis.ConnectionPool()", f"redis.ConnectionPool('127.0.0.1', {PORT})")).splitlines()
        self.assertEqual([f"<Redis Connection: 127.0.0.1:{PORT} - 10 connection(s)>",
                          "sleeping for 5s, kill redis now...", "foo: bar"], lines)

    def test_a_counter(self):
        lines = said(COUNTER, ("redis.ConnectionPool()", f"redis.ConnectionPool('127.0.0.1', {PORT})")).splitlines()
        self.assertEqual(["simulating concurrency, this will abort the transaction", "transaction has failed.",
                          "current a1 value:  2"], lines)

    def test_a_pipeline(self):
        lines = said(PIPELINE, ("redis.ConnectionPool()", f"redis.ConnectionPool('127.0.0.1', {PORT})")).splitlines()
        self.assertEqual(["foo: 123", "bar: 987"], lines)

    def test_a_password(self):
        self.assertEqual("bar\n", said(LOGIN, ("Connection(", f"Connection('127.0.0.1', {LOCKED}, ")))


if __name__ == "__main__":
    unittest.main()
