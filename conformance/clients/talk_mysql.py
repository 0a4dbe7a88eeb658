"""PyMySQL against a MariaDB on the loopback port that is given: values, transactions, errors, many threads."""

import datetime
import sys
import threading
import unittest

import pymysql

PORT = int(sys.argv.pop())


def connect(**settings):
    return pymysql.connect(host='127.0.0.1', port=PORT, user='tester', password='secret', database='tests',
                           charset='utf8mb4', **settings)


class MysqlTest(unittest.TestCase):

    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)
        self.execute('DROP TABLE IF EXISTS t')
        self.execute('CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, name TEXT, data LONGBLOB, at DATETIME)'
                     ' ENGINE=InnoDB')

    def execute(self, *statement):
        with self.connection.cursor() as cursor:
            cursor.execute(*statement)
            return cursor.fetchall()

    def test_values(self):
        blob = ''.join(map(chr, range(256))) * 2048
        at = datetime.datetime(2020, 2, 29, 12, 30)
        self.execute('INSERT INTO t (name, data, at) VALUES (%s, _binary %s, %s)', (u'caf\xe9 \u20ac', blob, at))
        (name, data, stored), = self.execute('SELECT name, data, at FROM t')
        self.assertEqual((u'caf\xe9 \u20ac', at), (name, stored))
        self.assertTrue(data == blob)

    def test_transactions(self):
        self.execute('INSERT INTO t (name) VALUES (%s)', ('one',))
        other = connect()
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute('SELECT COUNT(*) FROM t')
            self.assertEqual(((0,),), cursor.fetchall())
        other.rollback()
        self.connection.commit()
        with other.cursor() as cursor:
            cursor.execute('SELECT COUNT(*) FROM t')
            self.assertEqual(((1,),), cursor.fetchall())

    def test_many_rows(self):
        with self.connection.cursor(pymysql.cursors.SSCursor) as cursor:
            cursor.executemany('INSERT INTO t (name) VALUES (%s)', [('row %d' % i,) for i in range(2000)])
            cursor.execute('SELECT name FROM t ORDER BY id')
            self.assertEqual([('row %d' % i,) for i in range(2000)], list(cursor))

    def test_errors(self):
        self.assertRaises(pymysql.err.ProgrammingError, self.execute, 'SELECT * FROM none')
        with self.assertRaises(pymysql.err.OperationalError) as raised:
            pymysql.connect(host='127.0.0.1', port=PORT, user='tester', password='wrong')
        self.assertEqual(1045, raised.exception.args[0])
        impatient = connect(read_timeout=1)
        self.assertRaises(pymysql.err.OperationalError, impatient.cursor().execute, 'SELECT SLEEP(30)')

    def test_threads(self):
        failures = []

        def work(number):
            try:
                connection = connect(autocommit=True)
                with connection.cursor() as cursor:
                    for i in range(20):
                        cursor.execute('INSERT INTO t (name) VALUES (%s)', ('%d/%d' % (number, i),))
                connection.close()
            except Exception as e:
                failures.append(e)

        threads = [threading.Thread(target=work, args=[i]) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], failures)
        self.assertEqual(((160, 160),), self.execute('SELECT COUNT(*), COUNT(DISTINCT name) FROM t'))


if __name__ == '__main__':
    unittest.main()
