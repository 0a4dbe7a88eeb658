"""pg8000 against a PostgreSQL on the loopback port that is given: values, transactions, errors, many threads."""

import datetime
import sys
import threading
import unittest

import pg8000

PORT = int(sys.argv.pop())


def connect(**settings):
    settings = dict({'user': 'tester', 'password': 'secret', 'database': 'postgres'}, **settings)
    return pg8000.connect(host='127.0.0.1', port=PORT, **settings)


class PostgresTest(unittest.TestCase):

    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)
        self.execute('DROP TABLE IF EXISTS t')
        self.execute('CREATE TABLE t (id SERIAL PRIMARY KEY, name TEXT, data BYTEA, at TIMESTAMP, price NUMERIC)')
        self.connection.commit()

    def execute(self, statement, arguments=()):
        cursor = self.connection.cursor()
        cursor.execute(statement, arguments)
        return [list(row) for row in cursor.fetchall()] if cursor.description else None

    def test_values(self):
        blob = ''.join(map(chr, range(256))) * 2048
        at = datetime.datetime(2020, 2, 29, 12, 30)
        self.execute('INSERT INTO t (name, data, at) VALUES (%s, %s, %s)', (u'caf\xe9 \u20ac', pg8000.Binary(blob), at))
        (name, data, stored), = self.execute('SELECT name, data, at FROM t')
        self.assertEqual((u'caf\xe9 \u20ac', at), (name, stored))
        self.assertTrue(str(data) == blob)

    def test_transactions(self):
        self.execute('INSERT INTO t (name) VALUES (%s)', (u'one',))
        self.connection.rollback()
        self.assertEqual([[0]], self.execute('SELECT COUNT(*) FROM t'))

    def test_many_rows(self):
        rows = self.execute('SELECT i, repeat(chr(65 + i %% 26), 100) FROM generate_series(1, 5000) AS i')
        self.assertEqual([[i, unichr(65 + i % 26) * 100] for i in range(1, 5001)], rows)

    def test_errors(self):
        self.assertRaises(pg8000.ProgrammingError, self.execute, 'SELECT * FROM none')
        self.connection.rollback()
        self.assertRaises(pg8000.ProgrammingError, connect, password='wrong')

    def test_threads(self):
        failures = []

        def work(number):
            try:
                connection = connect()
                cursor = connection.cursor()
                for i in range(20):
                    cursor.execute('INSERT INTO t (name) VALUES (%s)', (u'%d/%d' % (number, i),))
                    connection.commit()
                connection.close()
            except Exception as e:
                failures.append(e)

        threads = [threading.Thread(target=work, args=[i]) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], failures)
        self.assertEqual([[160, 160]], self.execute('SELECT COUNT(*), COUNT(DISTINCT name) FROM t'))


if __name__ == '__main__':
    unittest.main()
